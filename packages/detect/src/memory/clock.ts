/** Seconds that the clock of facts may leap forward at once: a night without requests. */
const leap = 12 * 3600;
/** Facts in a row that have to agree on a later time before it is believed. */
const agreeing = 2;
/** Seconds that facts may be older than the latest. */
const lateAfter = 6 * 3600;

/**
 * The time of a stream of facts: never goes back, and leaps far ahead only where two facts in a row say so. One event with a clock
 * that is wrong would otherwise hold everything after it at its time.
 */
export class FactClock {
  #now = 0;
  #ahead = 0;
  #agree = 0;

  /** Seconds, of the latest facts. */
  get now(): number {
    return this.#now;
  }

  /** Whether facts are so much older than the latest that they belong to no stream in its order. */
  isLate(time: number): boolean {
    return time < this.#now - lateAfter;
  }

  /**
   * Takes the time of facts in.
   * @param time seconds
   * @returns what to count them at
   */
  take(time: number): number {
    if (!Number.isFinite(time)) return this.#now;
    if (this.#now === 0 || time <= this.#now + leap) {
      this.#agree = 0;
      return (this.#now = Math.max(this.#now, time));
    }
    this.#agree = Math.abs(time - this.#ahead) <= leap ? this.#agree + 1 : 1;
    this.#ahead = time;
    if (this.#agree < agreeing) return this.#now;
    this.#agree = 0;
    return (this.#now = time);
  }
}
