import { Distribution } from './distribution.ts';

/**
 * A distribution that learns a day late: what goes on today changes nothing about what today is compared with, however slowly
 * it grows. Until there is anything older, yesterday counts, and on the first day today. Most values are nothing: these are not added
 * one by one, but known from how many values there are in all.
 */
export class Delayed {
  readonly #old = new Distribution();
  #yesterday = new Distribution();
  #today = new Distribution();
  /** How many values there were in all, with those that are nothing. */
  #all = 0;

  /**
   * Adds a value that is something.
   * @param before how many values there were before it, with those that are nothing
   */
  add(level: number, before: number): void {
    this.#nothing(before);
    this.#today.add(level);
    this.#all = before + 1;
  }

  /**
   * Another day begins.
   * @param factor that what is older counts less
   * @param all values until now
   */
  turn(factor: number, all: number): void {
    this.#nothing(all);
    this.#old.forget(factor);
    this.#old.take(this.#yesterday);
    this.#yesterday = this.#today;
    this.#today = new Distribution();
  }

  /**
   * @param all values until now
   * @param onlyOld nothing of today and yesterday, even where there is nothing else
   */
  quantile(share: number, all: number, onlyOld = false): number {
    if (onlyOld) return this.#old.quantile(share);
    if (this.#old.total > 0) return this.#old.quantile(share);
    if (this.#yesterday.total > 0) return this.#yesterday.quantile(share);
    this.#nothing(all);
    return this.#today.quantile(share);
  }

  #nothing(all: number): void {
    if (all > this.#all) this.#today.add(0, all - this.#all);
    this.#all = Math.max(this.#all, all);
  }
}
