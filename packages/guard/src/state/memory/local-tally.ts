import type { Tally } from '../tally.ts';
import { Ends, type Place } from './ends.ts';

/** Counts of this process. Who is known is not forgotten because others came ({@link Ends}). */
export class LocalTally implements Tally {
  readonly #ends: Ends;
  readonly #place: Place;
  readonly #lasts: number;

  /**
   * @param ends made with `counted`
   * @param lasts milliseconds after which it is forgotten
   */
  constructor(name: string, lasts: number, ends: Ends = new Ends({ counted: true })) {
    this.#ends = ends;
    this.#place = ends.place(name, lasts);
    // At that moment it still counts.
    this.#lasts = lasts + 1;
  }

  count(key: string, now: number): number {
    return this.#ends.count(this.#place, key, now);
  }

  last(key: string, now: number): number {
    const end = this.#ends.end(this.#place, key, now);
    return end > now ? end - this.#lasts : 0;
  }

  add(key: string, by: 1 | -1, now: number): void {
    const count = Math.max(0, this.count(key, now) + by);
    this.set(key, count, by > 0 ? now : this.last(key, now), now);
  }

  clear(key: string, now: number): void {
    this.set(key, 0, 0, now);
  }

  refresh(): undefined {
    return undefined;
  }

  /** Sets what another place knows. */
  set(key: string, count: number, last: number, now: number): void {
    this.#ends.set(this.#place, key, count === 0 ? 0 : last + this.#lasts, now, count);
  }
}
