/** Seconds that facts may run ahead of the latest without a doubt; more where there are few: some of their usual gaps, up to hours. */
const step = 600;
const gaps = 4;
const longestStep = 6 * 3600;
/** Seconds that facts may be older than the latest. */
const lateAfter = 6 * 3600;
/** Seconds between two facts from which on there are few, and how many then have to agree. */
const seldom = 60;
/** How many have to agree, and how many where two clocks are known to disagree. */
const agreeing = 2;
const fewAgree = 16;
const manyAgree = 64;
/** Facts within which one of the time before takes a leap back. */
const trial = 64;
/** Facts after which a disagreement is forgotten. */
const keepsDoubt = 1000;

/**
 * The time of a stream of facts, of one process or of many: leaps ahead only where facts in a row say so, without one between them
 * that says otherwise, and goes back only to where it was before a leap, where facts go on there. A clock that is wrong neither holds everything after it at its time nor carries
 * the others along, as long as one fact in some dozens has another.
 */
export class FactClock {
  #now = 0;
  /** The earliest time of the facts in a row that are ahead. */
  #ahead = 0;
  #agree = 0;
  /** Facts until two clocks that disagreed are forgotten. */
  #doubt = 0;
  /** Where it was before it leapt, and for how many facts it may go back there. */
  #left = 0;
  #trial = 0;
  /** Seconds between two facts of late. */
  #gap = seldom;

  /** Seconds, of the latest facts. */
  get now(): number {
    return this.#now;
  }

  /** Whether facts are so much older than the latest that they belong to no stream in its order. */
  isLate(time: number): boolean {
    return time < this.#now - lateAfter;
  }

  /** Whether facts go on where the clock was before it leapt. */
  #isBefore(time: number, free: number): boolean {
    return time < this.#now - step && time >= this.#left - step && time <= this.#left + free;
  }

  /**
   * Takes the time of facts in.
   * @param time seconds
   * @returns what to count them at
   */
  take(time: number): number {
    if (!Number.isFinite(time)) return this.#now;
    if (this.#doubt > 0) this.#doubt -= 1;
    const free = Math.max(step, Math.min(longestStep, gaps * this.#gap));
    if (this.#now === 0 || time <= this.#now + free) {
      if (this.#trial > 0 && (this.#trial -= 1) > 0 && this.#isBefore(time, free)) {
        // The time before goes on: those who leapt had a clock that is wrong.
        this.#trial = 0;
        this.#doubt = keepsDoubt;
        return (this.#now = Math.max(this.#left, time));
      }
      // Who is far behind says nothing about whether it is later.
      if (time < this.#now - step) return this.#now;
      if (this.#agree > 0) this.#doubt = keepsDoubt;
      this.#agree = 0;
      if (this.#now === 0) return (this.#now = time);
      this.#gap += (Math.max(0, time - this.#now) - this.#gap) * 0.1;
      return (this.#now = Math.max(this.#now, time));
    }
    this.#ahead = this.#agree === 0 ? time : Math.min(this.#ahead, time);
    this.#agree += 1;
    const enough = this.#doubt === 0 ? agreeing : this.#gap < seldom ? manyAgree : fewAgree;
    if (this.#agree < enough) return this.#now;
    this.#gap += (Math.min(longestStep, this.#ahead - this.#now) - this.#gap) * 0.1;
    this.#agree = 0;
    this.#left = this.#now;
    this.#trial = enough === agreeing ? trial : 0;
    return (this.#now = this.#ahead);
  }
}
