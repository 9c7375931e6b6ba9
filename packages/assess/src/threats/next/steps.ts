import { formatPlace, type Place } from '@castellan/contract';
import type { OverlayAction } from '../../findings/finding.ts';
import type { Assessment, AssessedThreat } from '../assess.ts';
import { controls, type ControlId, type Effort } from '../controls.ts';
import type { ControlState } from '../evidence/state.ts';
import type { ApiSubject } from '../system/model.ts';
import { actionsFor, type Gap } from './overlay.ts';

/** One thing to do, with what it is worth. */
export interface NextStep {
  /** Stable: `rate-limit`, `network-isolation-2`, `enforce`. What `--step` takes. */
  readonly id: string;
  readonly title: string;
  readonly effort: Effort;
  /** Sum over threats of the score now and the score once it is done and proven. */
  readonly removes: number;
  /** Threats that get better. */
  readonly threats: number;
  /** Names of the first subjects. */
  readonly subjects: readonly string[];
  /** The overlay's actions; empty where a document cannot say it. */
  readonly actions: readonly OverlayAction[];
  /** The exact command. */
  readonly command: string | undefined;
  /** What to change in a deployment file: `deploy/compose.yaml:18: publish no port, or only on loopback`. */
  readonly change: string | undefined;
}

/** What commands are written with. */
export interface StepContext {
  /** The document as the user named it, by API. */
  readonly file: (api: ApiSubject) => string;
  /** Verbs that the installed command has. */
  readonly verbs: ReadonlySet<string>;
}

const weights: Readonly<Record<Effort, number>> = { minutes: 1, hours: 2, days: 5 };
/** Most steps that anybody is told to take. */
const MOST = 10;

/** What to do next: at most ten steps, what removes most risk for its effort first. */
export function nextSteps(assessment: Assessment, context: StepContext): NextStep[] {
  return allSteps(assessment, context).slice(0, MOST);
}

/** All steps, in order. */
export function allSteps(assessment: Assessment, context: StepContext): NextStep[] {
  const gaps = new Map<
    string,
    { control: ControlId; api: ApiSubject | undefined; place: Place | undefined; gaps: Gap[] }
  >();
  for (const threat of assessment.threats) {
    if (threat.status !== 'open' && threat.status !== 'broken') continue;
    for (const need of threat.needs) {
      if (!need.asked || (need.state !== 'missing' && need.state !== 'broken')) continue;
      const key =
        need.place === undefined
          ? `${need.control} ${threat.api?.name ?? ''}`
          : `${need.control} ${formatPlace(need.place)}`;
      const found = gaps.get(key);
      if (found === undefined)
        gaps.set(key, { control: need.control, api: threat.api, place: need.place, gaps: [{ threat, need }] });
      else found.gaps.push({ threat, need });
    }
  }
  const used = new Map<string, number>();
  const steps = [...gaps.values()].map((group) => {
    const count = (used.get(group.control) ?? 0) + 1;
    used.set(group.control, count);
    return stepOf(assessment, group, count === 1 ? group.control : `${group.control}-${count}`, context);
  });
  for (const api of assessment.system.apis) steps.push(...evidenceSteps(assessment, api, context));
  return steps
    .filter(({ removes }) => removes > 0)
    .sort((a, b) => b.removes / weights[b.effort] - a.removes / weights[a.effort] || (a.id < b.id ? -1 : 1));
}

function stepOf(
  assessment: Assessment,
  group: { control: ControlId; api: ApiSubject | undefined; place: Place | undefined; gaps: readonly Gap[] },
  id: string,
  context: StepContext,
): NextStep {
  const { control, api, place, gaps } = group;
  const { mend, effort, title } = controls[control];
  const threats = new Set(gaps.map(({ threat }) => threat));
  let removes = 0;
  for (const threat of threats)
    removes +=
      threat.risk.score -
      assessment.riskWith(threat, (need) => (need.control === control ? 'proven' : need.state)).score;
  const actions = place !== undefined || api === undefined ? [] : actionsFor(control, api, gaps);
  const file = api === undefined ? '' : context.file(api);
  const subjects = [...new Set(gaps.map(({ threat }) => threat.subjectName))];
  const [first] = gaps;
  return {
    id,
    title: `${title}: ${place === undefined ? `${mend}${subjects.length > 1 ? ` (${subjects.length} places)` : ''}` : (first?.need.why ?? mend)}`,
    effort,
    removes: round(removes),
    threats: threats.size,
    subjects: subjects.slice(0, 5),
    actions,
    command: actions.length > 0 ? `castellan threats ${quote(file)} --step ${id} > ${id}.overlay.yaml` : undefined,
    change: place === undefined ? (actions.length > 0 ? undefined : mend) : `${formatPlace(place)}: ${mend}`,
  };
}

/** From declared to enforced to proven. */
function evidenceSteps(assessment: Assessment, api: ApiSubject, context: StepContext): NextStep[] {
  const suffix = assessment.system.apis.length === 1 ? '' : `-${api.name}`;
  const file = quote(context.file(api));
  const upstream = api.deployment?.upstreams[0]?.url ?? 'http://127.0.0.1:3000';
  const steps: NextStep[] = [];
  const raise = (
    from: ControlState,
    to: ControlState,
    facts: Pick<NextStep, 'id' | 'title' | 'effort' | 'command' | 'change'>,
  ): void => {
    const better: AssessedThreat[] = [];
    let removes = 0;
    for (const threat of assessment.threats) {
      if (threat.api !== api || threat.status === 'accepted' || threat.status === 'mitigated') continue;
      if (!threat.needs.some(({ asked, state, control }) => asked && state === from && controls[control].guarded))
        continue;
      better.push(threat);
      removes +=
        threat.risk.score -
        assessment.riskWith(threat, (need) => (need.state === from && controls[need.control].guarded ? to : need.state))
          .score;
    }
    if (better.length > 0)
      steps.push({
        ...facts,
        removes: round(removes),
        threats: better.length,
        subjects: [...new Set(better.map(({ subjectName }) => subjectName))].slice(0, 5),
        actions: [],
      });
  };
  raise('declared', 'enforced', {
    id: `enforce${suffix}`,
    title: 'Let a guard enforce what is declared',
    effort: 'hours',
    command: `castellan gateway --contract ${file} --upstream ${quote(upstream)}`,
    change: 'or, inside of the application: npm i @castellan/guard',
  });
  const scans = context.verbs.has('scan');
  raise('enforced', 'proven', {
    id: `prove${suffix}`,
    title: 'Prove what is enforced: try the attacks',
    effort: 'hours',
    command: scans
      ? `castellan scan --contract ${file} --target https://staging.example.com --json > evidence.json`
      : undefined,
    change: scans
      ? undefined
      : 'try the attacks, and write what came of them into an evidence file (schemas/evidence.json)',
  });
  return steps;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function quote(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
