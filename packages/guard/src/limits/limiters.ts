import type { Rate } from '@castellan/contract';
import { Gcra } from './gcra.ts';
import { monotonic } from './monotonic.ts';
import { Running } from './running.ts';
import { Steps } from './steps.ts';

/** The counters of a guard, by name and rate, so that a reload of the contract does not give every caller a new allowance. */
export class Limiters {
  /** The steps of business flows that callers took. */
  readonly steps: Steps = new Steps();
  /** Milliseconds, never less than before: the time at which counters are asked. */
  readonly now: () => number;
  /** The calls that run now. */
  readonly running: Running = new Running();
  readonly #byName = new Map<string, Gcra>();

  /** @param clock milliseconds since the epoch */
  constructor(clock: () => number = Date.now) {
    this.now = monotonic(clock);
  }

  /** The limiter of that name and rate, made when first asked for. */
  get(name: string, rate: Rate, burst?: number): Gcra {
    const key = `${name} ${rate.count}/${rate.seconds} ${burst ?? rate.count}`;
    let limiter = this.#byName.get(key);
    if (limiter === undefined) {
      limiter = new Gcra({ rate, burst });
      this.#byName.set(key, limiter);
    }
    return limiter;
  }
}
