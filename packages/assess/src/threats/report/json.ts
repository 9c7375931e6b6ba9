import type { Place } from '@castellan/contract';
import { abuseCasesOf, type AbuseCase } from '../abuse-cases.ts';
import { placeOf, type Assessment, type AssessedThreat } from '../assess.ts';
import { attackTreesOf } from '../attack-trees.ts';
import { changesSince, type Changes } from '../changes.ts';
import { asvsOf } from '../../standards/asvs.ts';
import { controls } from '../controls.ts';
import { allSteps, nextSteps, type StepContext } from '../next/steps.ts';
import { scenariosOf, type Scenario } from '../scenarios.ts';
import { levels } from '../risk.ts';

/** What `castellan threats --format json` prints; `schemas/threats-output.json` says it in JSON Schema. */
export interface ThreatsReport {
  readonly version: 1;
  readonly title: string;
  readonly date: string;
  readonly apis: readonly {
    readonly name: string;
    readonly file: string;
    readonly digest: string;
    readonly profile: string;
    readonly exposure: string;
    readonly exposureFrom: string;
    readonly operations: number;
    readonly owner: string | null;
  }[];
  readonly evidence: { readonly present: boolean; readonly stale: number; readonly note: string };
  readonly summary: {
    readonly risk: number;
    readonly threats: number;
    readonly byLevel: Readonly<Record<string, number>>;
    readonly byStatus: Readonly<Record<string, number>>;
  };
  readonly elements: readonly {
    readonly id: string;
    readonly kind: string;
    readonly name: string;
    readonly boundary: string;
    readonly exposure: string;
    readonly technology: string | null;
    readonly inferred: boolean;
    readonly data: readonly string[];
    readonly place: Place | null;
  }[];
  readonly flows: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly label: string;
    readonly protocol: string;
    readonly encrypted: boolean | null;
    readonly crossesBoundary: boolean;
    readonly data: readonly string[];
  }[];
  readonly assets: readonly {
    readonly api: string;
    readonly data: string;
    readonly fields: readonly string[];
    readonly operations: number;
    readonly unclassified: number;
  }[];
  /** What to read: at most thirty of each API, by what an attacker gains. Missing in reports of earlier versions. */
  readonly scenarios?: readonly ScenarioEntry[] | undefined;
  /** What is missing on paper, and gains nobody anything. */
  readonly bookkeeping?: readonly ScenarioEntry[] | undefined;
  readonly threats: readonly ThreatEntry[];
  readonly abuseCases: readonly AbuseCase[];
  readonly attackTrees: readonly {
    readonly threat: string;
    readonly goal: string;
    readonly ways: readonly {
      readonly title: string;
      readonly stopped: boolean;
      readonly steps: readonly {
        readonly act: string;
        readonly control: string | null;
        readonly state: string | null;
      }[];
    }[];
  }[];
  readonly next: readonly {
    readonly id: string;
    readonly title: string;
    readonly effort: string;
    readonly removes: number;
    readonly threats: number;
    readonly subjects: readonly string[];
    readonly command: string | null;
    readonly change: string | null;
    readonly actions: number;
  }[];
  readonly review: {
    readonly file: string | null;
    readonly answers: readonly {
      readonly id: string;
      readonly answer: string;
      readonly by: string;
      readonly at: string;
    }[];
    readonly idleDecisions: readonly { readonly threat: string; readonly why: string }[];
  };
  readonly added: readonly AddedByPeople[];
  readonly changes: Changes | null;
  readonly notices: readonly { readonly message: string; readonly place: Place }[];
}

/** A scenario in the report. */
export interface ScenarioEntry {
  readonly id: string;
  readonly threat: string;
  readonly title: string;
  readonly api: string;
  readonly actor: string;
  readonly data: readonly string[];
  readonly subjects: readonly string[];
  /** Whether a control is missing; otherwise all are declared, and not proven. */
  readonly open: boolean;
  readonly level: string;
  readonly score: number;
  readonly evidence: readonly string[];
  readonly place: Place | null;
  /** The id of the step that takes it on, for `--step`; null where nothing is missing. */
  readonly next: string | null;
}

/** A threat in the report. */
export interface ThreatEntry {
  readonly id: string;
  readonly threat: string;
  readonly title: string;
  readonly subject: { readonly kind: string; readonly id: string; readonly name: string };
  readonly stride: readonly string[];
  readonly owasp: string | null;
  readonly linddun: string | null;
  readonly attack: string;
  readonly status: string;
  readonly level: string;
  readonly score: number;
  readonly likelihood: { readonly value: number; readonly reasons: readonly string[] };
  readonly impact: { readonly value: number; readonly reasons: readonly string[] };
  readonly controls: readonly {
    readonly control: string;
    readonly title: string;
    readonly asvs: string;
    readonly asked: boolean;
    readonly state: string;
    readonly why: string;
  }[];
  readonly place: Place | null;
  readonly decision: {
    readonly status: string;
    readonly owner: string;
    readonly reason: string;
    readonly until: string;
  } | null;
}

/** A threat or element that people added in another tool. */
export interface AddedByPeople {
  readonly kind: 'threat' | 'element' | 'status';
  readonly name: string;
  readonly detail: string;
}

export interface ReportOptions extends StepContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The report of an earlier run. */
  readonly previous?: ThreatsReport | undefined;
  readonly added?: readonly AddedByPeople[] | undefined;
}

/** The report of an assessment. */
export function reportOf(assessment: Assessment, options: ReportOptions): ThreatsReport {
  const { system, review } = assessment;
  const threats = assessment.threats.map(entryOf);
  const count = (values: readonly string[]): Record<string, number> => {
    const counts = new Map<string, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return Object.fromEntries(counts);
  };
  const live = assessment.threats.filter(
    ({ status }) => status !== 'mitigated' && status !== 'accepted' && status !== 'not-asked',
  );
  const { scenarios, bookkeeping } = scenariosOf(assessment);
  const steps = allSteps(assessment, options);
  const entry = ({ controls: missing, place, ...scenario }: Scenario): ScenarioEntry => ({
    ...scenario,
    place: place ?? null,
    next: steps.find(({ id }) => missing.some((control) => id === control || id.startsWith(`${control}-`)))?.id ?? null,
  });
  const levelCounts = count(live.map(({ risk }) => risk.level));
  return {
    version: 1,
    title: system.title,
    date: new Date(options.now).toISOString().slice(0, 10),
    apis: system.apis.map((api) => ({
      name: api.name,
      file: options.file(api),
      digest: api.contract.digest,
      profile: api.profile,
      exposure: api.exposure,
      exposureFrom: api.exposureFrom,
      operations: api.operations.length,
      owner: api.owner ?? null,
    })),
    evidence: { present: assessment.evident, stale: assessment.stale, note: evidenceNote(assessment) },
    summary: {
      risk: Math.round(live.reduce((total, { risk }) => total + risk.score, 0) * 10) / 10,
      threats: threats.length,
      byLevel: Object.fromEntries(levels.map((level) => [level, levelCounts[level] ?? 0])),
      byStatus: count(assessment.threats.map(({ status }) => status)),
    },
    elements: system.elements.map(({ id, kind, name, boundary, exposure, technology, inferred, data, place }) => ({
      id,
      kind,
      name,
      boundary,
      exposure,
      technology: technology ?? null,
      inferred,
      data,
      place: place ?? null,
    })),
    flows: system.flows.map(({ id, from, to, label, protocol, encrypted, crosses, data }) => ({
      id,
      from,
      to,
      label,
      protocol,
      encrypted: encrypted ?? null,
      crossesBoundary: crosses,
      data,
    })),
    assets: system.apis.flatMap((api) =>
      api.data.classes.map(({ data, names, operations, unclassified }) => ({
        api: api.name,
        data,
        fields: names,
        operations: operations.size,
        unclassified: unclassified.length,
      })),
    ),
    scenarios: scenarios.map(entry),
    bookkeeping: bookkeeping.map(entry),
    threats,
    abuseCases: abuseCasesOf(assessment),
    attackTrees: attackTreesOf(assessment).map(({ threat, goal, ways }) => ({
      threat: threat.id,
      goal,
      ways: ways.map(({ title, stopped, steps }) => ({
        title,
        stopped,
        steps: steps.map(({ act, control, state }) => ({ act, control: control ?? null, state: state ?? null })),
      })),
    })),
    next: nextSteps(assessment, options).map(({ actions, command, change, ...step }) => ({
      ...step,
      command: command ?? null,
      change: change ?? null,
      actions: actions.length,
    })),
    review: {
      file: review.file === '' ? null : review.file,
      answers: [...review.answers.values()],
      idleDecisions: assessment.idle.map(({ decision, why }) => ({ threat: decision.threat, why })),
    },
    added: options.added ?? [],
    changes:
      options.previous === undefined
        ? null
        : changesSince(
            options.previous,
            threats,
            system.elements.map(({ id }) => id),
          ),
    notices: system.architecture.notices,
  };
}

/** What is said about evidence. */
function evidenceNote(assessment: Assessment): string {
  const stale =
    assessment.stale === 0 ? '' : ` ${assessment.stale} records no longer count: too old, or of another contract.`;
  if (!assessment.evident)
    return `No evidence that counts: every control is declared at most, whatever really runs.${stale}`;
  return `The evidence that was given is counted.${stale}`;
}

function entryOf(found: AssessedThreat): ThreatEntry {
  const { threat, subject, risk, needs, decision } = found;
  return {
    id: found.id,
    threat: threat.id,
    title: threat.title,
    subject: { kind: subject.kind, id: found.subjectId, name: found.subjectName },
    stride: threat.stride,
    owasp: threat.owasp ?? null,
    linddun: threat.linddun ?? null,
    attack: threat.attack,
    status: found.status,
    level: risk.level,
    score: risk.score,
    likelihood: risk.likelihood,
    impact: risk.impact,
    controls: needs.map(({ control, asked, state, why }) => ({
      control,
      title: controls[control].title,
      asvs: asvsOf[control].join(', '),
      asked,
      state,
      why,
    })),
    place: placeOf(found) ?? null,
    decision:
      decision === undefined
        ? null
        : { status: decision.status, owner: decision.owner, reason: decision.reason, until: decision.until },
  };
}
