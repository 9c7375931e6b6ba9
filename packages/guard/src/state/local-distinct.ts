import type { Rate } from '@castellan/contract';
import type { LimitAnswer } from '../limits/gcra.ts';
import type { Counter, CounterLeft } from './counter.ts';
import type { Distinct } from './distinct.ts';
import type { Ends, Place } from './memory/ends.ts';

/**
 * Different things of this process, exactly: each is a mark in the table of what was done once, and takes one unit of a counter when it
 * is new. What there is no place for counts as new.
 */
export class LocalDistinct implements Distinct {
  readonly rate: Rate;
  readonly #counter: Pick<Counter, 'take' | 'left'>;
  readonly #ends: Ends;
  readonly #place: Place;
  readonly #lasts: number;
  readonly #now: () => number;

  /**
   * @param name what distinguishes it from others in the same table
   * @param counter of the same rate, of this process
   * @param now milliseconds since the epoch, never less than before
   */
  constructor(name: string, rate: Rate, counter: Pick<Counter, 'take' | 'left'>, ends: Ends, now: () => number) {
    this.rate = rate;
    this.#counter = counter;
    this.#ends = ends;
    this.#lasts = rate.seconds * 1000;
    this.#place = ends.place(`distinct ${name}`, this.#lasts);
    this.#now = now;
  }

  take(key: string, things: readonly string[]): LimitAnswer | undefined {
    const now = this.#now();
    const fresh = things
      .map((thing) => `${key}\0${thing}`)
      .filter((mark) => this.#ends.exact(this.#place, mark) <= now);
    if (fresh.length === 0) return undefined;
    const answer = this.#counter.take(key, fresh.length);
    // A counter of this process answers at once.
    if (answer !== undefined) return answer instanceof Promise ? undefined : answer;
    for (const mark of fresh) this.#ends.add(this.#place, mark, now + this.#lasts, now);
    return undefined;
  }

  spend(key: string, things: readonly string[]): LimitAnswer | undefined {
    return this.take(key, things);
  }

  left(key: string): CounterLeft | Promise<CounterLeft> {
    return this.#counter.left(key);
  }
}
