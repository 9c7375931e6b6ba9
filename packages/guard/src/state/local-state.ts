import type { Rate } from '@castellan/contract';
import { LocalReplayMemory } from '../authenticate/replay.ts';
import { Steps } from '../limits/steps.ts';
import type { Marks } from './counter.ts';
import { LocalCounter } from './local-counter.ts';
import type { State } from './state.ts';

/** The state of one process, in memory: a restart forgets it, another instance has its own. */
export class LocalState implements State {
  readonly counters: Map<string, LocalCounter> = new Map();
  readonly replays: Map<string, LocalReplayMemory> = new Map();
  readonly taken: Steps = new Steps();
  readonly steps: Marks;
  readonly revocation = undefined;
  readonly notices: State['notices'] = [];
  readonly now: () => number;

  /** @param now milliseconds since the epoch, never less than before */
  constructor(now: () => number) {
    this.now = now;
    this.steps = {
      add: (mark) => this.taken.add(mark, now()),
      has: (mark) => this.taken.has(mark, now()),
    };
  }

  counter(name: string, rate: Rate, burst?: number): LocalCounter {
    const key = counterName(name, rate, burst);
    let counter = this.counters.get(key);
    if (counter === undefined) this.counters.set(key, (counter = new LocalCounter(rate, burst, this.now)));
    return counter;
  }

  replay(scheme: string): LocalReplayMemory {
    let memory = this.replays.get(scheme);
    if (memory === undefined) this.replays.set(scheme, (memory = new LocalReplayMemory()));
    return memory;
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
