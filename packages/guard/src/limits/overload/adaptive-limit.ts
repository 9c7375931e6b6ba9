/** Calls at once: at the beginning, and never fewer or more. */
const bounds = { first: 64, least: 10, most: 5000 };
/** Calls of one step, and milliseconds that it takes at least. */
const step = { calls: 20, milliseconds: 100 };
/** How much slower than usual counts as usual. */
const tolerance = 1.5;
/** One call counts as so many times as slow as usual at most: a caller who reads slowly is no overload. */
const slowest = 10;
/** How fast the usual follows what is, as a part of the difference in each step. */
const follows = { down: 0.1, up: 0.02, least: 0.5 };

/** Times of one operation: its usual one, and the sum of this step. */
interface Times {
  /** Not known before the first step. */
  usual: number | undefined;
  sum: number;
  calls: number;
}

/**
 * How many calls may run at once, found from how long they take: the gradient algorithm (Netflix concurrency-limits, after TCP
 * Vegas). Where calls take as long as they usually do the number grows by its root; where they take longer it shrinks in
 * proportion, but only where so many are used. While somebody waits for a place the usual may become shorter and not longer,
 * because what is measured then may be the load. Each call is compared with the usual of its own operation, so that more exports than before are no overload.
 */
export class AdaptiveLimit {
  readonly #operations = new Map<string, Times>();
  #limit = bounds.first;
  #calls = 0;
  #since: number | undefined;
  /** The most calls that ran at once in this step. */
  #busiest = 0;
  #bound = false;

  /** Calls that may run at once. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  /** Somebody found no place. */
  bound(): void {
    this.#bound = true;
  }

  /**
   * A call was served.
   * @param operation whose usual time it is compared with
   * @param took milliseconds
   * @param running calls at once when it ended, itself included
   * @param now milliseconds
   * @param cut it was not finished: it would have taken longer, so that short ones tell nothing
   */
  ended(operation: string, took: number, running: number, now: number, cut = false): void {
    const time = Math.max(took, 0.1);
    let times = this.#operations.get(operation);
    if (cut && time < (times?.usual ?? Number.POSITIVE_INFINITY)) return;
    if (times === undefined) this.#operations.set(operation, (times = { usual: undefined, sum: 0, calls: 0 }));
    times.sum += times.usual === undefined ? time : Math.min(time, times.usual * slowest);
    times.calls += 1;
    this.#calls += 1;
    this.#busiest = Math.max(this.#busiest, running);
    this.#since ??= now;
    if (this.#calls >= step.calls && now - this.#since >= step.milliseconds) this.#step(now);
  }

  #step(now: number): void {
    let [taken, usual] = [0, 0];
    const isLeast = this.#limit <= bounds.least;
    for (const times of this.#operations.values()) {
      if (times.calls === 0) continue;
      const mean = times.sum / times.calls;
      times.usual ??= mean;
      taken += times.sum;
      usual += times.calls * times.usual;
      // Slow with so few calls at once: it is not their number.
      const up = isLeast ? follows.least : this.#bound ? 0 : follows.up;
      times.usual += (mean - times.usual) * (mean < times.usual ? follows.down : up);
      times.sum = 0;
      times.calls = 0;
    }
    const gradient = Math.min(1, Math.max(0.5, (tolerance * usual) / taken));
    const wanted = this.#limit * gradient + Math.sqrt(this.#limit);
    // Down faster than up: callers give up meanwhile. What nobody uses proves nothing.
    const next = this.#limit + (wanted - this.#limit) * (wanted < this.#limit ? 0.5 : 0.2);
    if (this.#busiest >= this.#limit / 2) this.#limit = Math.min(bounds.most, Math.max(bounds.least, next));
    this.#calls = 0;
    this.#since = now;
    this.#busiest = 0;
    this.#bound = false;
  }
}
