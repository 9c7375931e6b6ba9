import {
  controlsNamed,
  controlStates,
  wordsForControls,
  type ControlId,
  type ControlState,
} from '@castellan/assess/controls';
import { CastellanError, nearest } from '@castellan/contract';
import type { PostureEntry, PostureException, PosturePolicy } from '@castellan/gateway/configuration';
import { evidenceOf } from './evidence.ts';
import type { ApiPosture } from './posture.ts';

/** What a policy asks and an API does not show. */
export interface Violation {
  readonly policy: string;
  readonly api: string;
  /** Empty where nobody knows where it runs. */
  readonly environment: string;
  /** Empty for the API as a whole. */
  readonly operation: string;
  readonly control: ControlId;
  readonly state: ControlState;
  readonly level: 'declared' | 'enforced' | 'proven';
  /** In one clause. */
  readonly why: string;
  /** Who answers for it, while that lasts. */
  readonly exception: PostureException | undefined;
}

/** What policies say of the APIs that there are. */
export interface Judgement {
  readonly violations: readonly Violation[];
  /** Policies that are about no API, exceptions that have ended or excuse nothing: said, so that nobody relies on them. */
  readonly notices: readonly string[];
  /** How many APIs each policy is about. */
  readonly about: ReadonlyMap<string, number>;
}

/**
 * Holds APIs to policies on posture.
 * @param now milliseconds since the epoch
 * @throws CastellanError `posture-policy` for a word that names no control
 */
export function judge(postures: readonly ApiPosture[], entry: PostureEntry, now: number): Judgement {
  const { policies = [], exceptions = [] } = entry;
  const today = new Date(now).toISOString().slice(0, 10);
  const used = new Set<PostureException>();
  const violations: Violation[] = [];
  const notices: string[] = [];
  const about = new Map<string, number>();
  for (const policy of policies) {
    const asked = new Set(policy.asks.flatMap((word) => controlsOf(policy, word)));
    const chosen = postures.filter((posture) => isAbout(policy, posture));
    about.set(policy.name, chosen.length);
    if (chosen.length === 0) notices.push(`policy ${policy.name} is about no API`);
    for (const posture of chosen)
      for (const violation of violationsOf(policy, asked, posture, now)) {
        const excuse = exceptions.find((one) => isFor(one, violation));
        const holds = excuse !== undefined && excuse.until >= today;
        if (excuse !== undefined) used.add(excuse);
        const ended =
          excuse === undefined || holds
            ? ''
            : `; the exception of ${excuse.owner} (${excuse.reason}) ended ${excuse.until}`;
        violations.push({ ...violation, why: violation.why + ended, exception: holds ? excuse : undefined });
      }
  }
  for (const exception of exceptions)
    if (!used.has(exception))
      notices.push(`the exception of ${exception.owner} from ${exception.policy} for ${exception.api} excuses nothing`);
  return { violations, notices, about };
}

function isAbout({ apis, environments }: PosturePolicy, posture: ApiPosture): boolean {
  const { names, owners, profiles, states = ['published', 'deprecated'] } = apis ?? {};
  return (
    (names === undefined || names.includes(posture.api)) &&
    (owners === undefined || (posture.owner !== null && owners.includes(posture.owner))) &&
    (profiles === undefined || (profiles as readonly string[]).includes(posture.profile)) &&
    (states as readonly string[]).includes(posture.state) &&
    (environments === undefined || posture.environments.some(({ environment }) => environments.includes(environment)))
  );
}

function isFor({ policy, api, operations }: PostureException, violation: Violation): boolean {
  return (
    policy === violation.policy &&
    api === violation.api &&
    (operations === undefined || operations.includes(violation.operation))
  );
}

function* violationsOf(
  policy: PosturePolicy,
  asked: ReadonlySet<ControlId>,
  { api, contract, proofs, environments }: ApiPosture,
  now: number,
): Generator<Omit<Violation, 'exception'> & { readonly exception: undefined }> {
  const { name, level = 'proven', within } = policy;
  if (contract === undefined) return;
  for (const { environment, guards } of environments) {
    if (policy.environments !== undefined && !policy.environments.includes(environment)) continue;
    const maxAge = within === undefined ? {} : { maxAge: within * 1000 };
    for (const cell of evidenceOf({ environment, contract, guards, proofs, now, ...maxAge })) {
      if (!asked.has(cell.control)) continue;
      if (cell.state !== 'broken' && controlStates.indexOf(cell.state) >= controlStates.indexOf(level)) continue;
      const { operation, control, state, provenBy } = cell;
      const why =
        state === 'broken'
          ? `broken: ${provenBy?.source ?? ''} got past it on ${dayOf(provenBy?.at)}`
          : provenBy?.stale === true && level === 'proven'
            ? `${state} only: the proof of ${dayOf(provenBy.at)} is too old, or of another contract`
            : state === 'missing'
              ? `missing: ${cell.why}`
              : `${state} only`;
      yield { policy: name, api, environment, operation, control, state, level, why, exception: undefined };
    }
  }
}

function dayOf(time: number | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString().slice(0, 10);
}

function controlsOf({ name }: PosturePolicy, word: string): readonly ControlId[] {
  const found = controlsNamed(word);
  if (found.length > 0) return found;
  const near = nearest(word, wordsForControls());
  throw new CastellanError({
    code: 'posture-policy',
    message: `policy ${name} asks for '${word.slice(0, 80)}', which names no control`,
    mend:
      near === undefined
        ? 'write a risk (API1:2023), a chapter or requirement of ASVS 5.0 (V8.2.2), or a control (rate-limit)'
        : `did you mean ${near}?`,
  });
}
