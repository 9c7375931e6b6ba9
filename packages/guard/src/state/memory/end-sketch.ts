/** Rows, and cells of each as a power of two: 2 MiB, or 4 with numbers. */
const rows = 4;
const bits = 16;

/**
 * Ends of keys for which there is no place: a count-min sketch with conservative update (Estan and Varghese). Keys share
 * cells, so what it says of a key is what is true or later and more, never earlier or less.
 */
export class EndSketch {
  readonly #ends = new Float64Array(rows << bits);
  readonly #counts: Float64Array | undefined;
  #latest = 0;

  constructor(counted = false) {
    if (counted) this.#counts = new Float64Array(rows << bits);
  }

  /** Whether anything in it has not ended. */
  holds(now: number): boolean {
    return this.#latest > now;
  }

  /** When the key ends at the latest. */
  end(high: number, low: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < rows; row++) least = Math.min(least, this.#ends[cell(row, high, low)] as number);
    return least;
  }

  /** The most that its number may be. */
  count(high: number, low: number, now: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < rows; row++) {
      const at = cell(row, high, low);
      least = Math.min(least, (this.#ends[at] as number) > now ? (this.#counts?.[at] ?? 0) : 0);
    }
    return least;
  }

  set(high: number, low: number, end: number, now: number, count = 0): void {
    this.#latest = Math.max(this.#latest, end);
    for (let row = 0; row < rows; row++) {
      const at = cell(row, high, low);
      const ended = (this.#ends[at] as number) <= now;
      if ((this.#ends[at] as number) < end) this.#ends[at] = end;
      if (this.#counts !== undefined && (ended || (this.#counts[at] as number) < count)) this.#counts[at] = count;
    }
  }
}

function cell(row: number, high: number, low: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 2 * row + 1), 0x9e3779b1);
  return (row << bits) | (mixed >>> (32 - bits));
}
