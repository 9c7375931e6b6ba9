import type { Rate } from '@castellan/contract';

/** Whether a call fits, and what to tell the caller. */
export interface LimitAnswer {
  readonly allowed: boolean;
  /** Calls left at once. */
  readonly remaining: number;
  /** Whole seconds until one more call fits; 0 where it fits now. */
  readonly retryAfterSeconds: number;
  /** Whole seconds until all of the burst is there again. */
  readonly resetSeconds: number;
}

export interface GcraOptions {
  readonly rate: Rate;
  /** How many calls may come at once; the rate's count where not given. */
  readonly burst?: number | undefined;
  /** How many callers are remembered. Default 200,000. */
  readonly capacity?: number | undefined;
}

/**
 * The generic cell rate algorithm: one number per caller, the theoretical arrival time of the next call.
 * Callers are kept in two generations that change places when one is full, so memory is bounded. A caller is
 * forgotten only if more than `capacity` others came since its last call.
 */
export class Gcra {
  readonly rate: Rate;
  readonly burst: number;
  readonly #interval: number;
  readonly #tolerance: number;
  readonly #capacity: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  constructor(options: GcraOptions) {
    this.rate = options.rate;
    this.burst = Math.max(1, options.burst ?? options.rate.count);
    this.#interval = (options.rate.seconds * 1000) / options.rate.count;
    this.#tolerance = this.#interval * this.burst;
    this.#capacity = options.capacity ?? 200_000;
  }

  /**
   * Takes `cost` units for a caller if they fit.
   * @param now milliseconds
   * @returns undefined where they fit (the common case builds nothing), otherwise the answer
   */
  take(key: string, now: number, cost = 1): LimitAnswer | undefined {
    const known = this.#young.get(key) ?? this.#old.get(key);
    // Later than any call can leave it: the clock was moved back, and waiting for the old time would lock callers out.
    const moved = known !== undefined && known - now > this.#tolerance + 1;
    const base = known === undefined || known < now || moved ? now : known;
    const next = base + this.#interval * cost;
    if (next - now > this.#tolerance + 1e-6) {
      // A call that costs more than the whole burst fits never; it must not be told to come back.
      const wait = Math.max(1, Math.ceil((next - now - this.#tolerance) / 1000));
      return {
        allowed: false,
        remaining: Math.max(0, Math.floor((this.#tolerance - (base - now)) / this.#interval + 1e-9)),
        retryAfterSeconds: wait,
        resetSeconds: Math.max(1, Math.ceil((base - now) / 1000)),
      };
    }
    this.#young.set(key, next);
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    return undefined;
  }

  /** Who is not back at nothing, with the time at which each will be: what has to survive a restart. */
  *entries(now: number): Generator<readonly [key: string, time: number]> {
    for (const [key, time] of this.#old) if (time > now && !this.#young.has(key)) yield [key, time];
    for (const [key, time] of this.#young) if (time > now) yield [key, time];
  }

  /** Puts back what {@link Gcra.entries} gave. */
  restore(key: string, time: number): void {
    this.#young.set(key, time);
  }

  /** Whole seconds until one unit fits; 0 where it fits now. Takes nothing. */
  wait(key: string, now: number): number {
    const known = this.#young.get(key) ?? this.#old.get(key);
    if (known === undefined || known - now > this.#tolerance + 1) return 0;
    const over = known + this.#interval - now - this.#tolerance;
    return over > 1e-6 ? Math.max(1, Math.ceil(over / 1000)) : 0;
  }

  /**
   * Charges units that were not known before, as far as they fit, or (negative) gives back units that were taken.
   * @param now milliseconds
   */
  adjust(key: string, now: number, units: number): void {
    const known = this.#young.get(key) ?? this.#old.get(key) ?? now;
    const base = Math.max(known > now + this.#tolerance + 1 ? now : known, now);
    this.#young.set(key, Math.min(now + this.#tolerance, Math.max(now, base + this.#interval * units)));
  }

  /** What is left at once, and whole seconds until all of it is there again. Takes nothing. */
  left(key: string, now: number): { readonly remaining: number; readonly resetSeconds: number } {
    const known = this.#young.get(key) ?? this.#old.get(key) ?? now;
    const ahead = known > now + this.#tolerance + 1 ? 0 : Math.max(0, known - now);
    return {
      remaining: Math.max(0, Math.floor((this.#tolerance - ahead) / this.#interval + 1e-9)),
      resetSeconds: Math.ceil(ahead / 1000),
    };
  }
}
