import { Distribution } from './distribution.ts';

/**
 * A distribution that learns a day late: what goes on today changes nothing about what today is compared with, however slowly
 * it grows. Until there is anything older, yesterday counts, and on the first day today.
 */
export class Delayed {
  readonly #old = new Distribution();
  #yesterday = new Distribution();
  #today = new Distribution();

  add(level: number): void {
    this.#today.add(level);
  }

  /** Another day begins. */
  turn(): void {
    this.#old.take(this.#yesterday);
    this.#yesterday = this.#today;
    this.#today = new Distribution();
  }

  forget(factor: number): void {
    this.#old.forget(factor);
  }

  /** @param onlyOld nothing of today and yesterday, even where there is nothing else */
  quantile(share: number, onlyOld = false): number {
    if (onlyOld) return this.#old.quantile(share);
    const of = this.#old.total > 0 ? this.#old : this.#yesterday.total > 0 ? this.#yesterday : this.#today;
    return of.quantile(share);
  }
}
