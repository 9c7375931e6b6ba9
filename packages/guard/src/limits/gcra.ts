import type { Rate } from '@castellan/contract';
import { Ends, type Place } from '../state/memory/ends.ts';

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
  /** Milliseconds that an arrival may be ahead, where another counter of the same name lets it be more. Default: of this one. */
  readonly longest?: number | undefined;
  /** Where arrivals are kept, which several counters may share. Default: of its own. */
  readonly ends?: Ends | undefined;
  /** What distinguishes this counter from others that share `ends`. */
  readonly name?: string | undefined;
}

/**
 * The generic cell rate algorithm: one number per caller, the theoretical arrival time of the next call. A caller whose
 * time is past is as good as new and is forgotten; nobody else is, however many come ({@link Ends}).
 */
export class Gcra {
  readonly rate: Rate;
  readonly burst: number;
  readonly #interval: number;
  readonly #tolerance: number;
  readonly #longest: number;
  readonly #ends: Ends;
  readonly #place: Place;

  constructor(options: GcraOptions) {
    this.rate = options.rate;
    this.burst = Math.max(1, options.burst ?? options.rate.count);
    this.#interval = (options.rate.seconds * 1000) / options.rate.count;
    this.#tolerance = this.#interval * this.burst;
    this.#longest = Math.max(this.#tolerance, options.longest ?? 0);
    this.#ends = options.ends ?? new Ends();
    this.#place = this.#ends.place(options.name ?? '', this.#longest);
  }

  /**
   * Takes `cost` units for a caller if they fit.
   * @param now milliseconds
   * @returns undefined where they fit (the common case builds nothing), otherwise the answer
   */
  take(key: string, now: number, cost = 1): LimitAnswer | undefined {
    const known = this.#ends.end(this.#place, key, now);
    // Later than any call can leave it: the clock was moved back, and waiting for the old time would lock callers out.
    const base = known < now || known - now > this.#longest + 1 ? now : known;
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
    this.#ends.set(this.#place, key, next, now);
    return undefined;
  }

  /** Whole seconds until one unit fits; 0 where it fits now. Takes nothing. */
  wait(key: string, now: number): number {
    const known = this.#ends.end(this.#place, key, now);
    if (known - now > this.#longest + 1) return 0;
    const over = known + this.#interval - now - this.#tolerance;
    return over > 1e-6 ? Math.max(1, Math.ceil(over / 1000)) : 0;
  }

  /**
   * Charges units that were not known before, as far as they fit, or (negative) gives back units that were taken.
   * @param now milliseconds
   */
  adjust(key: string, now: number, units: number): void {
    const known = this.#ends.end(this.#place, key, now);
    const base = Math.max(known > now + this.#longest + 1 ? now : known, now);
    const next = Math.min(now + this.#tolerance, Math.max(now, base + this.#interval * units));
    this.#ends.set(this.#place, key, next, now);
  }

  /** What is left at once, and whole seconds until all of it is there again. Takes nothing. */
  left(key: string, now: number): { readonly remaining: number; readonly resetSeconds: number } {
    const known = this.#ends.end(this.#place, key, now);
    const ahead = known > now + this.#longest + 1 ? 0 : Math.max(0, known - now);
    return {
      remaining: Math.max(0, Math.floor((this.#tolerance - ahead) / this.#interval + 1e-9)),
      resetSeconds: Math.ceil(ahead / 1000),
    };
  }
}
