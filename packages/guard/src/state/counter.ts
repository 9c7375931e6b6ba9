import type { Rate } from '@castellan/contract';
import type { LimitAnswer } from '../limits/gcra.ts';

/**
 * What callers may take of one thing per time: requests, records, bytes. In one process it answers at once; where
 * instances share it, it may have to ask the store.
 */
export interface Counter {
  readonly rate: Rate;
  /** How much may be taken at once. */
  readonly burst: number;
  /**
   * Takes `cost` units for a caller if they fit.
   * @returns undefined where they fit, otherwise when to come back; a promise only where the store has to be asked
   */
  take(key: string, cost?: number): LimitAnswer | undefined | Promise<LimitAnswer | undefined>;
  /**
   * The same for what cannot wait, such as the next item of a stream. Where instances share the counter, each may be
   * ahead of the store by a quarter of the burst and by the item that went over it.
   */
  spend(key: string, cost: number): LimitAnswer | undefined;
  /**
   * Charges units that were not known before, as far as they fit, or (negative) gives back units that were taken. Asks nobody:
   * where instances share the counter the store learns of it within a second.
   */
  adjust(key: string, units: number): void;
  /** What a caller may still take. Takes nothing. Rejects where the store that knows is away. */
  left(key: string): CounterLeft | Promise<CounterLeft>;
  /** Whole seconds until one unit fits, as far as this process knows; 0 where it fits now. Takes nothing, asks nobody. */
  wait(key: string): number;
  /** Units that one process takes from the store at a time; 0 where nothing is shared. */
  readonly share: number;
}

/** What is left of an allowance. */
export interface CounterLeft {
  readonly remaining: number;
  /** Whole seconds until all of it is there again. */
  readonly resetSeconds: number;
}

/** What was done, and is forgotten after a time: steps of flows. */
export interface Marks {
  add(mark: string): void;
  /** Whether it was done within the time. `unknown` where the store that knows is away. */
  has(mark: string): MarkAnswer | Promise<MarkAnswer>;
  /** When it was done last within the time, milliseconds since the epoch. `unknown` where the store that knows is away. */
  taken(mark: string): MarkTime | Promise<MarkTime>;
  /**
   * Does what may be done once.
   * @param lasts milliseconds for which it counts as done
   * @returns false where it was done already
   */
  take(mark: string, lasts: number): MarkAnswer | Promise<MarkAnswer>;
  /** As if it had not been done: what was taken failed. */
  drop(mark: string): void;
}

export type MarkTime = number | undefined | 'unknown';
export type MarkAnswer = boolean | 'unknown';
