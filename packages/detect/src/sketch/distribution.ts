import { levels, valueOf } from './level.ts';

/** How values are distributed: a histogram of levels that forgets. */
export class Distribution {
  readonly #counts = new Float32Array(levels);
  #total = 0;
  readonly #cache = new Map<number, number>();

  /** Weight of all values that it holds. */
  get total(): number {
    return this.#total;
  }

  add(level: number, weight = 1): void {
    this.#counts[level] = (this.#counts[level] ?? 0) + weight;
    this.#total += weight;
    if (this.#cache.size > 0) this.#cache.clear();
  }

  /** Adds all values of another. */
  take(other: Distribution): void {
    for (let i = 0; i < levels; i++) this.#counts[i] = (this.#counts[i] ?? 0) + (other.#counts[i] ?? 0);
    this.#total += other.#total;
    this.#cache.clear();
  }

  /** Lets every value count this much less. */
  forget(factor: number): void {
    for (let i = 0; i < levels; i++) this.#counts[i] = (this.#counts[i] ?? 0) * factor;
    this.#total *= factor;
    this.#cache.clear();
  }

  /** The value that a share of all values does not exceed; 0 where there are none. */
  quantile(share: number): number {
    const known = this.#cache.get(share);
    if (known !== undefined) return known;
    const above = this.#total * (1 - share);
    let sum = 0;
    let level = levels - 1;
    // What a value weighs after months is no value any more.
    for (; level > 0; level--) {
      sum += this.#counts[level] ?? 0;
      if (sum > above && sum > 0.2) break;
    }
    const value = valueOf(level);
    this.#cache.set(share, value);
    return value;
  }

  /** Share of the values above a level. */
  above(level: number): number {
    let sum = 0;
    for (let i = level + 1; i < levels; i++) sum += this.#counts[i] ?? 0;
    return this.#total === 0 ? 0 : sum / this.#total;
  }
}
