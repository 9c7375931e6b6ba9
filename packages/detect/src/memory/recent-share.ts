const day = 86_400;

/**
 * Of each operation: which share of the callers that are known from other days had something happen to them in the last
 * quarter of an hour. Where that is many, it is the operation that changed, and not a caller.
 */
export class RecentShare {
  readonly #halfLife = 900;
  readonly #of = new Map<number, { time: number; all: number; hit: number }>();

  /**
   * Counts a caller of an operation, once in a while.
   * @param operation index
   * @param time seconds
   */
  count(operation: number, hit: boolean, time: number): void {
    const entry = this.#at(operation, time);
    entry.all += 1;
    if (hit) entry.hit += 1;
  }

  /** Whether it happens to others as well, as far as one can tell from so few. @param self those of them that are the caller */
  happens(operation: number, self: number, time: number): boolean {
    const { all, hit } = this.#at(operation, time);
    return hit - self > 0.5 && (hit - self) / all > 0.15;
  }

  /** 0 where fewer than three callers were seen. */
  share(operation: number, time: number): number {
    const { all, hit } = this.#at(operation, time);
    return hit < 2.5 || all === 0 ? 0 : hit / all;
  }

  #at(operation: number, time: number): { time: number; all: number; hit: number } {
    let entry = this.#of.get(operation);
    if (entry === undefined) {
      if (this.#of.size > 10_000) this.#of.clear();
      this.#of.set(operation, (entry = { time, all: 0, hit: 0 }));
    }
    if (time > entry.time) {
      const factor = time - entry.time > day ? 0 : 2 ** (-(time - entry.time) / this.#halfLife);
      entry.all *= factor;
      entry.hit *= factor;
      entry.time = time;
    }
    return entry;
  }
}
