import type { Place } from '@castellan/contract';
import { placeOf, type AssessedThreat, type Assessment } from './assess.ts';
import { dataClasses } from '@castellan/meaning';
import type { Subject } from './definition.ts';
import { levels, type Level } from './risk.ts';

/**
 * What an attacker gains by a threat of the catalogue, 0 to 1.1: 1 for what is an attack by itself, less for what needs a leak, a
 * position or patience first, or disturbs only. Undefined for bookkeeping: what is missing on paper, and gains nobody anything.
 */
const GAIN: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({
    'object-of-another': 1.05,
    'open-to-anyone': 1,
    'mass-assignment': 1,
    'function-of-the-few': 1,
    'overexposed-properties': 1,
    'credential-guessing': 1,
    'default-credential': 1,
    'exposed-management': 1,
    'reachable-store': 1,
    'around-the-gateway': 1,
    'secret-in-file': 1,
    'debug-mode': 1,
    'server-side-request': 1,
    'open-firewall': 0.9,
    eavesdropping: 0.9,
    harvest: 0.85,
    'fails-open': 0.85,
    'automated-flow': 0.8,
    'read-right-writes': 0.7,
    'credential-in-url': 0.65,
    'weak-tls': 0.6,
    'poisoned-third-party': 0.6,
    'stolen-token': 0.6,
    'shared-store': 0.6,
    breakout: 0.6,
    'weak-credential': 0.5,
    'unencrypted-store': 0.5,
    'zombie-operation': 0.5,
    'malformed-input': 0.4,
    'oversized-body': 0.4,
    flood: 0.4,
    'revealing-errors': 0.35,
  }),
);
/** Of these what is at stake differs by operation; the others are one line, however many operations there are. */
const SPECIFIC = 0.7;
/** What answers with secrets is worse than what answers with names. */
const OF_SECRETS = 1.1;
const MEDIUM = levels.indexOf('medium');
/** Most scenarios of one API. */
export const MOST_SCENARIOS = 30;

/** One way in which somebody may be harmed, over all operations where it is the same. */
export interface Scenario {
  /** Stable: `object-of-another@shop:financial`. */
  readonly id: string;
  readonly threat: string;
  readonly title: string;
  /** The API that it is counted under, or the element. */
  readonly api: string;
  /** Who does it. */
  readonly actor: string;
  /** What is at stake, worst first. */
  readonly data: readonly string[];
  /** Names of operations or elements, the worst first. */
  readonly subjects: readonly string[];
  /** Whether a control is missing; otherwise all are declared, and not proven. */
  readonly open: boolean;
  readonly level: Level;
  /** Of the worst of them, 1 to 25. */
  readonly score: number;
  /** What is missing there; what an evidence record says. */
  readonly evidence: readonly string[];
  readonly place: Place | undefined;
  /** Ids of the controls that are missing. */
  readonly controls: readonly string[];
}

/** Scenarios by what an attacker gains, and what is only missing on paper. */
export interface Scenarios {
  /** At most thirty of each API, the worst first. */
  readonly scenarios: readonly Scenario[];
  /** Those that are left out. */
  readonly more: number;
  readonly bookkeeping: readonly Scenario[];
}

/** Puts threats that nobody dealt with together. */
export function scenariosOf(assessment: Assessment): Scenarios {
  const groups = new Map<string, AssessedThreat[]>();
  for (const threat of assessment.threats) {
    if (
      threat.status !== 'open' &&
      threat.status !== 'broken' &&
      threat.status !== 'declared' &&
      threat.status !== 'enforced'
    )
      continue;
    const key = keyOf(threat);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [threat]);
    else list.push(threat);
  }
  const all = [...groups].map(([id, threats]) => ({ scenario: scenarioOf(id, threats), threats }));
  const ranked = all
    .filter(({ scenario }) => GAIN.has(scenario.threat))
    .toSorted(
      (a, b) => worth(b) - worth(a) || b.threats.length - a.threats.length || (a.scenario.id < b.scenario.id ? -1 : 1),
    )
    .map(({ scenario }) => scenario);
  const counts = new Map<string, number>();
  const kept = ranked.filter(({ api }) => {
    const count = (counts.get(api) ?? 0) + 1;
    counts.set(api, count);
    return count <= MOST_SCENARIOS;
  });
  return {
    scenarios: kept,
    more: ranked.length - kept.length,
    bookkeeping: all.map(({ scenario }) => scenario).filter(({ threat }) => !GAIN.has(threat)),
  };
}

/** What an attacker gains, by how bad it is here; what is declared already stands behind what is open. */
function worth({ scenario }: { readonly scenario: Scenario }): number {
  return (
    scenario.score *
    (GAIN.get(scenario.threat) ?? 0) *
    (scenario.data[0] === 'secret' ? OF_SECRETS : 1) *
    (scenario.open ? 1 : 0.3)
  );
}

function keyOf({ threat, subject, api }: AssessedThreat): string {
  const where = `${threat.id}@${api?.name ?? ''}`;
  if (subject.kind !== 'operation' || (GAIN.get(threat.id) ?? 0) < SPECIFIC) return where;
  return `${where}:${dataOf(subject)[0] ?? 'other'}:${actorOf(subject) === ANYONE ? 'anyone' : 'caller'}`;
}

const ANYONE = 'anyone, without a credential';

function scenarioOf(id: string, threats: readonly AssessedThreat[]): Scenario {
  const sorted = threats.toSorted((a, b) => b.risk.score - a.risk.score);
  const worst = sorted.find(({ status }) => status === 'open' || status === 'broken') ?? (sorted[0] as AssessedThreat);
  const open = sorted.some(({ status }) => status === 'open' || status === 'broken');
  const data = new Set(sorted.flatMap(({ subject }) => dataOf(subject)));
  const missing = sorted.flatMap(({ needs }) =>
    needs.filter(({ asked, state }) => asked && (state === 'missing' || state === 'broken')),
  );
  return {
    id,
    threat: worst.threat.id,
    title: worst.threat.title,
    api: worst.api?.name ?? worst.subjectName,
    actor: actorOf(worst.subject),
    data: dataClasses.toReversed().filter((one) => data.has(one)),
    subjects: [...new Set(sorted.map(({ subjectName }) => subjectName))],
    open,
    // What is declared and not yet proven is no more than that.
    level: open || levels.indexOf(worst.risk.level) > MEDIUM ? worst.risk.level : 'medium',
    score: worst.risk.score,
    evidence: [...new Set(missing.map(({ why }) => why))].slice(0, 3),
    place: placeOf(worst),
    controls: [...new Set(missing.map(({ control }) => control))],
  };
}

/** Classes of data that are at stake there, the worst first. */
function dataOf(subject: Subject): readonly string[] {
  const found =
    subject.kind === 'operation'
      ? [...subject.data.gives, ...subject.data.takes]
      : subject.kind === 'api'
        ? subject.data.classes.map(({ data }) => data)
        : subject.kind === 'flow'
          ? subject.flow.data
          : subject.element.data;
  return dataClasses.toReversed().filter((one) => found.includes(one));
}

function actorOf(subject: Subject): string {
  switch (subject.kind) {
    case 'operation':
      return subject.authentication.strength === 0 ? ANYONE : 'any caller with a credential of their own';
    case 'api':
      return 'any caller';
    case 'flow':
      return subject.from.boundary === 'internet' ? 'whoever is on the way' : 'whoever is in the network';
    default:
      return subject.element.exposure === 'public' ? 'anyone on the internet' : 'whoever is in the network';
  }
}
