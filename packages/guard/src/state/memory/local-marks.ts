import type { Marks } from '../counter.ts';
import { Ends, type Place } from './ends.ts';

/** What was done lately in this process. What there is no place for was not done: a step is taken a second time then. */
export class LocalMarks implements Marks {
  readonly #ends: Ends;
  readonly #place: Place;
  readonly #once: Place;
  readonly #lasts: number;
  readonly #now: () => number;

  /**
   * @param lasts milliseconds
   * @param now milliseconds since the epoch, never less than before
   */
  constructor(lasts: number, now: () => number, ends: Ends = new Ends()) {
    this.#ends = ends;
    this.#place = ends.place('step', lasts);
    this.#once = ends.place('once', lasts);
    this.#lasts = lasts;
    this.#now = now;
  }

  add(mark: string): void {
    const now = this.#now();
    this.#ends.add(this.#place, mark, now + this.#lasts, now);
  }

  has(mark: string): boolean {
    return this.taken(mark) !== undefined;
  }

  taken(mark: string): number | undefined {
    // Not what a sketch says: another's step is not this one.
    const end = this.#ends.exact(this.#place, mark);
    return end > this.#now() ? end - this.#lasts : undefined;
  }

  take(mark: string, lasts: number): boolean {
    const now = this.#now();
    if (this.#ends.exact(this.#once, mark) > now) return false;
    // What there is no place for cannot be known to be done once.
    return this.#ends.add(this.#once, mark, now + lasts, now);
  }

  drop(mark: string): void {
    const now = this.#now();
    this.#ends.add(this.#once, mark, now, now);
  }
}
