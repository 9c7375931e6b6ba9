import type { Rate } from '@castellan/contract';
import type { LimitAnswer } from '../limits/gcra.ts';
import type { CounterLeft } from './counter.ts';

/** How many different things callers may have per time: a thing that a caller had before costs nothing. */
export interface Distinct {
  readonly rate: Rate;
  /**
   * Counts these things for a caller, if those that are new to it fit.
   * @returns undefined where they fit; a promise only where the store has to be asked
   */
  take(key: string, things: readonly string[]): LimitAnswer | undefined | Promise<LimitAnswer | undefined>;
  /** The same for what cannot wait: where instances share it, each may be ahead of the store by what it let through in a second. */
  spend(key: string, things: readonly string[]): LimitAnswer | undefined;
  /** How many more a caller may have. Rejects where the store that knows is away. */
  left(key: string): CounterLeft | Promise<CounterLeft>;
}
