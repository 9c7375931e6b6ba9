import { formatPlace } from '@castellan/contract';
import type { OverlayAction } from '../../findings/finding.ts';
import type { Assessment, AssessedThreat } from '../assess.ts';
import { controls, type ControlId, type Effort } from '../controls.ts';
import type { ControlState } from '../evidence/state.ts';
import type { ApiSubject } from '../system/model.ts';
import { actionsFor, type Choices, type Gap } from './overlay.ts';

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
  /** What people chose: without it, steps that need it have no overlay. */
  readonly choices?: Choices | undefined;
  /** Further arguments that make the same model again, with a space before: ` --profile bank`. */
  readonly arguments: string;
  /** Verbs that the installed command has. */
  readonly verbs: ReadonlySet<string>;
}

/** Points that go away, each weighed by how bad its threat was: one critical threat counts more than several low ones. */
interface RankedStep extends NextStep {
  readonly worth: number;
}

/** What people must say before a step can be taken. */
const CHOSEN: ReadonlyMap<ControlId, string> = new Map([
  ['property-read', '--group WHO-MAY-READ'],
  ['property-write', '--group WHO-MAY-WRITE'],
  ['ownership', '--owner TEAM'],
]);

const weights: Readonly<Record<Effort, number>> = { minutes: 1, hours: 2, days: 5 };
/** Most steps that anybody is told to take. */
const MOST = 10;

/** What to do next: at most ten steps, what removes most risk for its effort first. */
export function nextSteps(assessment: Assessment, context: StepContext): NextStep[] {
  return allSteps(assessment, context).slice(0, MOST);
}

/** Gaps of one control that are mended in one go: those of one API's document, or of one deployment file. */
interface Group {
  readonly control: ControlId;
  readonly api: ApiSubject | undefined;
  readonly gaps: Gap[];
}

/** All steps, in order. */
export function allSteps(assessment: Assessment, context: StepContext): NextStep[] {
  const groups = new Map<string, Group>();
  for (const threat of assessment.threats) {
    if (threat.status !== 'open' && threat.status !== 'broken') continue;
    for (const need of threat.needs) {
      if (!need.asked || (need.state !== 'missing' && need.state !== 'broken')) continue;
      const where = need.place === undefined ? (threat.api?.name ?? '') : `in ${need.place.file}`;
      const found = groups.get(`${need.control} ${where}`);
      if (found !== undefined) found.gaps.push({ threat, need });
      else groups.set(`${need.control} ${where}`, { control: need.control, api: threat.api, gaps: [{ threat, need }] });
    }
  }
  const used = new Map<string, number>();
  const steps: RankedStep[] = [...groups.values()].map((group) => {
    const count = (used.get(group.control) ?? 0) + 1;
    used.set(group.control, count);
    return stepOf(assessment, group, count === 1 ? group.control : `${group.control}-${count}`, context);
  });
  for (const api of assessment.system.apis) steps.push(...evidenceSteps(assessment, api, context));
  return steps
    .filter(({ removes }) => removes > 0)
    .sort((a, b) => b.worth / weights[b.effort] - a.worth / weights[a.effort] || (a.id < b.id ? -1 : 1))
    .map(withoutWorth);
}

function stepOf(assessment: Assessment, { control, api, gaps }: Group, id: string, context: StepContext): RankedStep {
  const { mend, effort, title } = controls[control];
  const threats = new Set(gaps.map(({ threat }) => threat));
  const relief = new Relief();
  for (const threat of threats)
    relief.add(threat, assessment.riskWith(threat, (need) => (need.control === control ? 'proven' : need.state)).score);
  const places = [...new Set(gaps.flatMap(({ need }) => (need.place === undefined ? [] : [formatPlace(need.place)])))];
  const actions = places.length > 0 || api === undefined ? [] : actionsFor(control, api, gaps, context.choices);
  const subjects = [...new Set(gaps.map(({ threat }) => threat.subjectName))];
  const asked = CHOSEN.get(control);
  const whys = [...new Set(gaps.map(({ need }) => need.why))];
  const said =
    places.length > 0
      ? whys.slice(0, 3).join('; ')
      : `${mend}${subjects.length > 1 ? ` (${subjects.length} places)` : ''}`;
  return {
    id,
    title: `${title}: ${said}`,
    effort,
    removes: round(relief.points),
    worth: relief.worth,
    threats: threats.size,
    subjects: subjects.slice(0, 5),
    actions,
    command:
      (actions.length > 0 || asked !== undefined) && api !== undefined && places.length === 0
        ? `castellan threats ${quote(context.file(api))}${context.arguments} --step ${id}${actions.length > 0 ? '' : ` ${asked}`} > ${id}.overlay.yaml`
        : undefined,
    change:
      places.length > 0
        ? `${places.slice(0, 5).join(', ')}: ${mend}`
        : actions.length > 0 || asked !== undefined
          ? undefined
          : mend,
  };
}

function withoutWorth(step: RankedStep): NextStep {
  const { worth: _, ...rest } = step;
  return rest;
}

/** Points that go away, over threats. */
class Relief {
  points = 0;
  worth = 0;

  add(threat: AssessedThreat, after: number): void {
    const less = threat.risk.score - after;
    this.points += less;
    this.worth += less * threat.risk.score;
  }
}

/** From declared to enforced to proven. */
function evidenceSteps(assessment: Assessment, api: ApiSubject, context: StepContext): RankedStep[] {
  const suffix = assessment.system.apis.length === 1 ? '' : `-${api.name}`;
  const file = quote(context.file(api));
  const upstream = api.deployment?.upstreams[0]?.url ?? 'http://127.0.0.1:3000';
  const steps: RankedStep[] = [];
  const raise = (
    from: ControlState,
    to: ControlState,
    facts: Pick<NextStep, 'id' | 'title' | 'effort' | 'command' | 'change'>,
  ): void => {
    const better: AssessedThreat[] = [];
    const relief = new Relief();
    for (const threat of assessment.threats) {
      if (threat.api !== api || threat.status === 'accepted' || threat.status === 'mitigated') continue;
      if (!threat.needs.some(({ asked, state, control }) => asked && state === from && controls[control].guarded))
        continue;
      better.push(threat);
      relief.add(
        threat,
        assessment.riskWith(threat, (need) => (need.state === from && controls[need.control].guarded ? to : need.state))
          .score,
      );
    }
    if (better.length > 0)
      steps.push({
        ...facts,
        removes: round(relief.points),
        worth: relief.worth,
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
