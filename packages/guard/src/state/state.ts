import type { Rate } from '@castellan/contract';
import type { ReplayMemory } from '../authenticate/token-configuration.ts';
import type { BanOptions } from '../bans/index.ts';
import type { RevocationOptions } from '../revocation/index.ts';
import type { ListPlace } from './appended/place.ts';
import type { Counter, Marks } from './counter.ts';
import type { Distinct } from './distinct.ts';
import type { Leases } from './leases.ts';
import type { Tally } from './tally.ts';

/** How long a step of a flow counts, in milliseconds. */
export const stepLasts = 3_600_000;

/**
 * Everything that outlives one request and may have to be the same on every instance: counters, steps, used proofs,
 * wrong guesses, running calls, revocations. One seam: what grows past one process grows here, and nowhere else.
 */
export interface State {
  /** The counter of that name and rate, made when first asked for: a reload gives nobody a new allowance. */
  counter(name: string, rate: Rate, burst?: number): Counter;
  /** Counts different things by that name and rate, made when first asked for. */
  distinct(name: string, rate: Rate): Distinct;
  /** Steps of business flows, each known for an hour. */
  readonly steps: Marks;
  /** Remembers what may be used once under a security scheme. */
  replay(scheme: string): ReplayMemory;
  /**
   * How often something happened lately: wrong guesses.
   * @param lasts milliseconds after which it is forgotten
   */
  tally(name: string, lasts: number): Tally;
  /** Calls that run at the same time. */
  readonly leases: Leases;
  /** Where revocations are shared; undefined where they are of this process alone. */
  readonly revocation: RevocationOptions | undefined;
  /** Where bans are shared; undefined where they are of this process alone. */
  readonly bans: BanOptions | undefined;
  /** Where detection shares what was dismissed; undefined where that is of this process alone. */
  readonly incidents: ListPlace | undefined;
  /** What is not as it should be: the store is away. */
  readonly notices: readonly { readonly code: string; readonly message: string }[];
  /** Waits for the store, where one is named. @throws CastellanError `state-unreachable` where it is required and away */
  open(): Promise<void>;
  /** Writes what is not written yet and ends timers and connections. */
  close(): Promise<void>;
}
