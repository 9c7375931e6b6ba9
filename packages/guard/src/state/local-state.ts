import type { Rate } from '@castellan/contract';
import { LocalReplayMemory } from '../authenticate/replay.ts';
import type { Marks } from './counter.ts';
import type { Leases } from './leases.ts';
import type { Distinct } from './distinct.ts';
import { LocalCounter } from './local-counter.ts';
import { LocalDistinct } from './local-distinct.ts';
import { Ends, type EndsOptions } from './memory/ends.ts';
import { LocalLeases } from './memory/local-leases.ts';
import { LocalMarks } from './memory/local-marks.ts';
import { LocalTally } from './memory/local-tally.ts';
import { stepLasts, type State } from './state.ts';

/** The state of one process, in memory: a restart forgets it, another instance has its own. */
export class LocalState implements State {
  /** Arrivals of all counters. */
  readonly arrivals: Ends;
  /** Steps and used proofs: what is not made up for by waiting. */
  readonly once: Ends;
  /** Different things that callers got: many, which must not take the place of what may be done once. */
  readonly things: Ends;
  readonly tallies: Ends;
  readonly steps: Marks;
  readonly leases: Leases = new LocalLeases();
  readonly revocation = undefined;
  readonly bans = undefined;
  readonly incidents = undefined;
  readonly notices: State['notices'] = [];
  readonly now: () => number;
  readonly #counters = new Map<string, LocalCounter>();
  readonly #replays = new Map<string, LocalReplayMemory>();

  /** @param now milliseconds since the epoch, never less than before */
  constructor(now: () => number, options: Pick<EndsOptions, 'key' | 'tracked'> = {}) {
    this.now = now;
    this.arrivals = new Ends(options);
    this.once = new Ends(options);
    this.things = new Ends(options);
    this.tallies = new Ends({ ...options, counted: true });
    this.steps = new LocalMarks(stepLasts, now, this.once);
  }

  counter(name: string, rate: Rate, burst?: number): LocalCounter {
    const key = counterName(name, rate, burst);
    let counter = this.#counters.get(key);
    if (counter === undefined)
      this.#counters.set(key, (counter = new LocalCounter(rate, burst, this.now, this.arrivals, key)));
    return counter;
  }

  distinct(name: string, rate: Rate): Distinct {
    return new LocalDistinct(name, rate, this.counter(`distinct ${name}`, rate), this.things, this.now);
  }

  replay(scheme: string): LocalReplayMemory {
    let memory = this.#replays.get(scheme);
    if (memory === undefined)
      this.#replays.set(scheme, (memory = new LocalReplayMemory(undefined, this.once, `used ${scheme}`)));
    return memory;
  }

  tally(name: string, lasts: number): LocalTally {
    return new LocalTally(name, lasts, this.tallies);
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The name of a counter with its rate: another rate is another counter. */
export function counterName(name: string, rate: Rate, burst: number | undefined): string {
  return `${name} ${rate.count}/${rate.seconds} ${burst ?? rate.count}`;
}
