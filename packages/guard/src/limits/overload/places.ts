import { AdaptiveLimit } from './adaptive-limit.ts';
import type { Importance } from './importance.ts';

/** How much of the places each importance may take: the last tenth is for what matters most. */
const shares = [0.6, 0.75, 0.9, 1] as const;
/** Calls that wait for a place, as a multiple of the places. */
const waiting = 1;

/**
 * What became of a call: `served`; `cut` where it ended before its answer was whole (the caller gave up, the upstream failed); `refused`
 * where it was not tried.
 */
export type Outcome = 'served' | 'cut' | 'refused';

/** Gives a place back, once however often it is called. */
export type Leave = (outcome: Outcome) => void;

/** Runs something after a time; the call of what it gives prevents that. */
export type Later = (milliseconds: number, run: () => void) => () => void;

interface Waiting {
  readonly operation: string;
  readonly importance: Importance;
  readonly until: number;
  readonly settle: (place: Leave | undefined) => void;
}

/**
 * Places for calls of the whole service: as many as it can serve in the time that calls usually take. Who finds none waits until
 * a deadline, by importance and then by age; who is still waiting then is told to come back, instead of being served too late.
 */
export class Places {
  readonly #limit = new AdaptiveLimit();
  readonly #patience: number;
  readonly #now: () => number;
  readonly #later: Later;
  readonly #lines: Waiting[][] = shares.map(() => []);
  #running = 0;
  #waiting = 0;
  #cancel: (() => void) | undefined;

  /**
   * @param patience milliseconds that a call waits at most
   * @param now milliseconds, never less than before
   */
  constructor(patience: number, now: () => number, later: Later) {
    this.#patience = patience;
    this.#now = now;
    this.#later = later;
  }

  /** Calls that may run at once, as it is now. */
  get limit(): number {
    return this.#limit.value;
  }

  /**
   * Takes a place.
   * @returns gives it back when the call ended; undefined where there is none in time; a promise only where it has to wait
   */
  enter(operation: string, importance: Importance): Leave | undefined | Promise<Leave | undefined> {
    if (this.#isFree(importance) && this.#nobodyBefore(importance)) return this.#take(operation);
    this.#limit.bound();
    if (this.#waiting >= this.#limit.value * waiting && !this.#sendAway(importance)) return undefined;
    return new Promise((settle) => {
      this.#lines[importance]?.push({ operation, importance, until: this.#now() + this.#patience, settle });
      this.#waiting += 1;
      this.#watch();
    });
  }

  #isFree(importance: Importance): boolean {
    return this.#running < Math.max(1, Math.floor(this.#limit.value * shares[importance]));
  }

  /** Whether nobody waits who comes first. */
  #nobodyBefore(importance: Importance): boolean {
    return this.#waiting === 0 || this.#lines.slice(importance).every((line) => line.length === 0);
  }

  #take(operation: string): Leave {
    const began = this.#now();
    this.#running += 1;
    let given = false;
    return (outcome) => {
      if (given) return;
      given = true;
      const now = this.#now();
      if (outcome !== 'refused') this.#limit.ended(operation, now - began, this.#running, now, outcome === 'cut');
      this.#running -= 1;
      this.#admit();
    };
  }

  /** Gives places to those who wait, the most important first. */
  #admit(): void {
    const now = this.#now();
    for (let importance = shares.length - 1; importance >= 0; importance--) {
      const line = this.#lines[importance] ?? [];
      while (line.length > 0 && this.#isFree(importance as Importance)) {
        const next = line.shift();
        if (next === undefined) break;
        this.#waiting -= 1;
        next.settle(next.until > now ? this.#take(next.operation) : undefined);
      }
    }
  }

  /** Sends the last of the least important away, where somebody comes who is more important. */
  #sendAway(importance: Importance): boolean {
    for (let lower = 0; lower < importance; lower++) {
      const last = this.#lines[lower]?.pop();
      if (last === undefined) continue;
      this.#waiting -= 1;
      last.settle(undefined);
      return true;
    }
    return false;
  }

  /** Looks at the deadlines; who waits is kept no longer than they say. */
  #watch(): void {
    if (this.#cancel !== undefined || this.#waiting === 0) return;
    this.#cancel = this.#later(Math.max(1, this.#patience / 10), () => {
      this.#cancel = undefined;
      const now = this.#now();
      for (const line of this.#lines)
        while (line[0] !== undefined && line[0].until <= now) {
          this.#waiting -= 1;
          line.shift()?.settle(undefined);
        }
      // Places that fell free while nobody ended.
      this.#admit();
      this.#watch();
    });
  }
}
