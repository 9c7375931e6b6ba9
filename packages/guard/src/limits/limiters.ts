import type { Rate } from '@castellan/contract';
import { compileIdHash, type IdHash } from '../audit/id-hash.ts';
import type { Counter, Marks } from '../state/counter.ts';
import type { Distinct } from '../state/distinct.ts';
import { LocalState } from '../state/local-state.ts';
import type { State } from '../state/state.ts';
import { monotonic } from './monotonic.ts';
import { Places } from './overload/places.ts';

/** What limits of a guard are counted in, kept over a reload of the contract. */
export class Limiters {
  /** Milliseconds, never less than before: the time at which counters are asked. */
  readonly now: () => number;
  readonly state: State;
  /** Places for calls of the whole service; undefined where nothing is shed. */
  places: Places | undefined;
  /** Names values of requests in counters: they may name people, and counters are kept. */
  readonly hash: IdHash;

  /**
   * @param clock milliseconds since the epoch
   * @param key of the hashes of values: the same on every instance that shares a state
   * @param stateOf the state that goes by that clock; of this process where not given
   */
  constructor(
    clock: () => number = Date.now,
    stateOf: (now: () => number) => State = (now) => new LocalState(now),
    key?: string,
  ) {
    this.hash = compileIdHash(key);
    this.now = monotonic(clock);
    this.state = stateOf(this.now);
  }

  /**
   * Sheds calls while the service is slower than usual, or no longer does.
   * @param patience milliseconds that a call waits for a place
   */
  shed(patience: number | undefined): void {
    if (patience === undefined) this.places = undefined;
    else this.places ??= new Places(patience, () => performance.now(), later);
  }

  /** The steps of business flows that callers took. */
  get steps(): Marks {
    return this.state.steps;
  }

  /** The counter of that name and rate, made when first asked for. */
  get(name: string, rate: Rate, burst?: number): Counter {
    return this.state.counter(name, rate, burst);
  }

  /** Counts different things by that name and rate. */
  distinct(name: string, rate: Rate): Distinct {
    return this.state.distinct(name, rate);
  }
}

function later(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, milliseconds).unref();
  return () => clearTimeout(timer);
}
