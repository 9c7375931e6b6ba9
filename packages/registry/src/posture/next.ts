import { controls, type ControlId, type ControlState, type Effort } from '@castellan/assess/controls';
import { isSameDigest } from '../inventory/same-digest.ts';
import { silence, type EvidenceCell, type HeardGuard } from './evidence.ts';
import { enforcedBy } from './enforced-by.ts';
import { scoreOf } from './score.ts';

/** One thing to do. */
export interface PostureStep {
  /** Stable: `declare-rate-limit`, `enforce`, `prove-object-authorization`. */
  readonly id: string;
  readonly title: string;
  readonly effort: Effort;
  /** What the score rises by. */
  readonly points: number;
  /** operationIds; empty for the API as a whole. */
  readonly operations: readonly string[];
  /** What to do, in one sentence without a full stop. */
  readonly remediation: string;
}

/** Hours, roughly: what points are weighed against. */
export const effortHours: Readonly<Record<Effort, number>> = { minutes: 0.5, hours: 4, days: 24 };

/** What the steps of one environment are made of. */
export interface StepFacts {
  readonly api: string;
  readonly environment: string;
  readonly digest: string;
  readonly cells: readonly EvidenceCell[];
  readonly guards: readonly HeardGuard[];
  readonly now: number;
}

/** What to do next: what was got past comes first, then what gives most points for its effort. Pure. */
export function nextSteps(facts: StepFacts): PostureStep[] {
  const { cells } = facts;
  const value = scoreOf(cells).value;
  const steps: PostureStep[] = [];
  const add = (
    step: Omit<PostureStep, 'points' | 'operations'>,
    isMeant: (cell: EvidenceCell) => boolean,
    to: ControlState,
  ): void => {
    const meant = new Set(cells.filter((cell) => cell.asked && isMeant(cell)));
    if (meant.size === 0) return;
    const after = scoreOf(cells.map((cell) => (meant.has(cell) ? { ...cell, state: to } : cell))).value;
    const operations = [...new Set([...meant].map(({ operation }) => operation))].filter((one) => one !== '');
    const points = Math.round((after - value) * 100) / 100;
    if (points > 0) steps.push({ ...step, operations, points });
  };
  const asked = new Set(cells.filter((cell) => cell.asked).map(({ control }) => control));
  const missing = guardMissing(facts);
  if (missing !== undefined)
    add(missing, (cell) => cell.state === 'declared' && controls[cell.control].guarded, 'enforced');
  for (const control of asked) {
    const { title, mend, effort, guarded } = controls[control];
    const inState = (state: ControlState) => (cell: EvidenceCell) => cell.control === control && cell.state === state;
    add(
      {
        id: `close-${control}`,
        title: `Close what was got past: ${title}`,
        effort,
        remediation: `${mend}, and test again`,
      },
      inState('broken'),
      'proven',
    );
    add(
      { id: `declare-${control}`, title, effort, remediation: declaring(control, mend) },
      inState('missing'),
      'declared',
    );
    if (guarded && missing === undefined)
      add(
        { id: `enforce-${control}`, title: `Enforce: ${title}`, effort: 'minutes', remediation: enforcing(control) },
        inState('declared'),
        'enforced',
      );
    add(
      { id: `prove-${control}`, title: `Prove: ${title}`, effort: 'hours', remediation: proving(control, facts) },
      inState(guarded ? 'enforced' : 'declared'),
      'proven',
    );
  }
  const first = (step: PostureStep): number => (step.id.startsWith('close-') ? 0 : 1);
  return steps.sort(
    (a, b) =>
      first(a) - first(b) ||
      b.points / effortHours[b.effort] - a.points / effortHours[a.effort] ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Why nothing, or not what is declared, is enforced here at all. */
function guardMissing({
  api,
  environment,
  digest,
  guards,
  now,
}: StepFacts): Omit<PostureStep, 'points' | 'operations'> | undefined {
  const where = environment === '' ? '' : ` in ${environment}`;
  const heard = guards.filter(({ lastSeen }) => now - lastSeen <= silence);
  const step = { id: 'enforce', title: `Let a guard enforce what is declared${where}`, effort: 'hours' as const };
  if (heard.length === 0)
    return {
      ...step,
      remediation:
        guards.length === 0
          ? `put a guard or gateway in front of ${api}${where}, and let it report: option registry (docs/registry.md)`
          : `${guards.map(({ name }) => name).join(', ')} was last heard ${new Date(Math.max(...guards.map(({ lastSeen }) => lastSeen))).toISOString()}: start it again, or see why it does not reach the registry`,
    };
  const other = heard.find((guard) => !isSameDigest(digest, guard.digest));
  if (other !== undefined)
    return {
      ...step,
      id: 'deploy',
      title: `Run the newest contract${where}`,
      remediation: `guard ${other.name} runs contract ${shortOf(other.digest)}: deploy ${shortOf(digest)}, or import the document that runs`,
    };
  const silent = heard.find(({ groups }) => groups === undefined);
  if (silent !== undefined)
    return {
      ...step,
      effort: 'minutes',
      remediation: `guard ${silent.name} does not say what it enforces: update it`,
    };
  const observing = heard.find(({ groups = [] }) => groups.every(({ mode }) => mode !== 'enforce'));
  if (observing === undefined) return undefined;
  return { ...step, effort: 'minutes', remediation: `set mode: enforce for guard ${observing.name}` };
}

function declaring(control: ControlId, mend: string): string {
  return control === 'audit' ? 'switch the audit log of the guard on: option audit' : mend;
}

/** What makes a guard that runs enforce a control that it does not. */
function enforcing(control: ControlId): string {
  switch (control) {
    case 'object-authorization':
    case 'function-authorization':
    case 'existence-secret':
      return 'give the guard policies: option policies, written by castellan policy propose';
    case 'sender-constraint':
      return 'demand a proof: authentication.<scheme>.proof: { required: true }';
    case 'output-validation':
    case 'property-read':
    case 'classification':
      return 'let the guard hold answers back: mode enforce for responses, and undocumented.responseProperties remove or refuse';
    case 'input-validation':
      return 'let the guard refuse what is not documented: mode enforce for requests, and decoders for media types that are not JSON';
    case 'audit':
      return 'switch the audit log of the guard on: option audit';
    default:
      return 'let the guard enforce it for every operation: mode enforce';
  }
}

function proving(control: ControlId, { api, environment }: StepFacts): string {
  if (control === 'object-authorization' || control === 'function-authorization')
    return 'write scenarios, run castellan policy test --evidence evidence.json, and castellan inventory import evidence.json';
  if (enforcedBy[control] === undefined && control !== 'audit')
    return `say who looked and what was found: castellan inventory attest ${api} --control ${control} --by NAME --reason TEXT`;
  return `test it${environment === '' ? '' : ` in ${environment}`}, write what came of it as schemas/evidence.json has it, and castellan inventory import it`;
}

function shortOf(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 12);
}
