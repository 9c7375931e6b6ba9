import type { ControlId, ControlState } from '@castellan/assess/controls';
import type { PostureEntry, PostureException } from '@castellan/gateway/configuration';
import { knownApi } from '../inventory/known-api.ts';
import { isSameDigest } from '../inventory/same-digest.ts';
import type { Store } from '../store/open.ts';
import type { EvidenceCell, Seen } from './evidence.ts';
import { readEarlier, readScores, recordScores, type DayScore } from './history.ts';
import { comparedWith } from './overview.ts';
import { judge, type Violation } from './policies.ts';
import { readPosture, type ApiPosture, type EnvironmentPosture } from './posture.ts';
import { stepsOf, type PlacedStep } from './steps.ts';
import type { LostPoints } from './score.ts';
import { mostListed } from '../inventory/most-listed.ts';

/** The posture of one API: `posture` of `schemas/posture-output.json`. */
export interface PostureReport {
  /** When it was read (RFC 3339). */
  readonly at: string;
  readonly api: string;
  readonly title: string;
  readonly owner: string | null;
  readonly state: string;
  readonly version: string;
  readonly profile: string;
  /** Digest of its newest version; null where it was imported by a version that did not read controls. */
  readonly contract: string | null;
  /** Production first. */
  readonly environments: readonly EnvironmentReport[];
  /** Policies that are about it. */
  readonly policies: readonly string[];
  readonly violations: readonly SaidViolation[];
  /** The scores of the last days, oldest first. */
  readonly history: readonly DayScore[];
  readonly next: readonly PlacedStep[];
}

/** A violation as it is printed. */
export type SaidViolation = Omit<Violation, 'exception'> & { readonly exception: PostureException | null };

export interface EnvironmentReport {
  readonly environment: string;
  readonly production: boolean;
  /** 0 to 100. */
  readonly score: number;
  /** The score of 30 days ago, or the first one since; null where there is none. */
  readonly earlier: number | null;
  readonly states: Readonly<Record<ControlState, number>>;
  /** Where the missing points went: with the score they are 100. */
  readonly lost: readonly LostPoints[];
  readonly guards: readonly {
    readonly name: string;
    readonly lastSeen: string;
    /** Whether it runs the newest contract. */
    readonly current: boolean;
    /** Whether it says what it enforces. */
    readonly says: boolean;
  }[];
  /** The table of evidence. */
  readonly evidence: readonly EvidenceReport[];
}

interface EvidenceReport {
  readonly operation: string;
  readonly control: ControlId;
  readonly asked: boolean;
  readonly state: ControlState;
  readonly risk: number;
  readonly why: string;
  readonly declared: SeenReport | null;
  readonly enforced: SeenReport | null;
  readonly proven: (SeenReport & { readonly holds: boolean; readonly stale: boolean }) | null;
}

interface SeenReport {
  readonly at: string;
  readonly source: string;
}

/** Days of the history that is shown. */
const shownDays = 90;

/**
 * Reads the posture of one API, and keeps its scores of the day.
 * @param api id
 * @param environment only what is to be done there
 * @throws CastellanError `unknown-api`, `posture-policy`
 */
export async function postureReport(
  store: Store,
  api: string,
  { environment, entry = {} }: { readonly environment?: string | undefined; readonly entry?: PostureEntry | undefined },
): Promise<PostureReport> {
  await knownApi(store, api);
  const now = store.clock();
  const postures = await readPosture(store, [api]);
  const [posture] = postures;
  if (posture === undefined) throw new TypeError('an API that is known has a contract');
  const judgement = judge(postures, entry, now);
  await recordScores(store, postures, judgement);
  const earlier = await readEarlier(store, comparedWith, api);
  const { contract, environments, proofs: _, ...rest } = posture;
  return {
    at: new Date(now).toISOString(),
    ...rest,
    contract: contract?.digest ?? null,
    environments: environments.slice(0, mostListed.environments).map((one) => environmentReport(posture, one, earlier)),
    policies: [...judgement.about].filter(([, apis]) => apis > 0).map(([name]) => name),
    violations: judgement.violations.map(said),
    history: await readScores(store, api, shownDays),
    next: stepsOf(postures, environment, now),
  };
}

/** As it is printed. */
export function said({ exception, ...one }: Violation): SaidViolation {
  return { ...one, exception: exception ?? null };
}

function environmentReport(
  { api, contract }: ApiPosture,
  { environment, production, score, guards, cells }: EnvironmentPosture,
  earlier: ReadonlyMap<string, number>,
): EnvironmentReport {
  return {
    environment,
    production,
    score: score.value,
    earlier: earlier.get(`${api} ${environment}`) ?? null,
    states: score.states,
    lost: score.lost,
    guards: guards.slice(0, mostListed.guards).map(({ name, lastSeen, digest, groups }) => ({
      name,
      lastSeen: new Date(lastSeen).toISOString(),
      current: contract !== undefined && isSameDigest(contract.digest, digest),
      says: groups !== undefined,
    })),
    evidence: cells.map(evidenceReport),
  };
}

function evidenceReport(cell: EvidenceCell): EvidenceReport {
  const { operation, control, asked, state, risk, why, declaredBy, enforcedBy, provenBy } = cell;
  return {
    operation,
    control,
    asked,
    state,
    risk,
    why,
    declared: seen(declaredBy),
    enforced: seen(enforcedBy),
    proven: provenBy === undefined ? null : { ...seen(provenBy), holds: provenBy.holds, stale: provenBy.stale },
  };
}

function seen<T extends Seen | undefined>(one: T): T extends Seen ? SeenReport : SeenReport | null {
  return (one === undefined ? null : { at: new Date(one.at).toISOString(), source: one.source }) as T extends Seen
    ? SeenReport
    : SeenReport | null;
}
