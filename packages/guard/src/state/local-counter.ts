import type { Rate } from '@castellan/contract';
import { Gcra, type LimitAnswer } from '../limits/gcra.ts';
import type { Counter, CounterLeft } from './counter.ts';
import type { Ends } from './memory/ends.ts';

/** A counter of this process. */
export class LocalCounter implements Counter {
  readonly rate: Rate;
  readonly burst: number;
  readonly share = 0;
  readonly #gcra: Gcra;
  readonly #now: () => number;

  /**
   * @param now milliseconds since the epoch, never less than before
   * @param ends where several counters are kept together
   * @param name what distinguishes this one from the others
   */
  constructor(rate: Rate, burst: number | undefined, now: () => number, ends?: Ends, name?: string) {
    this.#gcra = new Gcra({ rate, burst, ends, name });
    this.rate = rate;
    this.burst = this.#gcra.burst;
    this.#now = now;
  }

  take(key: string, cost = 1): LimitAnswer | undefined {
    return this.#gcra.take(key, this.#now(), cost);
  }

  spend(key: string, cost: number): LimitAnswer | undefined {
    return this.#gcra.take(key, this.#now(), cost);
  }

  adjust(key: string, units: number): void {
    this.#gcra.adjust(key, this.#now(), units);
  }

  left(key: string): CounterLeft {
    return this.#gcra.left(key, this.#now());
  }

  wait(key: string): number {
    return this.#gcra.wait(key, this.#now());
  }
}
