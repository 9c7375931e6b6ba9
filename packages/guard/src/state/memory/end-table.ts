/** Slots of one bucket. A key has two buckets. */
const ways = 8;
/** Parts that grow by themselves, so that no request waits for the whole table to grow. */
const parts = 64;

interface Part {
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly end: Float64Array;
  readonly count: Float64Array | undefined;
  readonly changed: Uint8Array | undefined;
  readonly buckets: number;
  /** Whether any slot changed since the last look. */
  dirty: boolean;
}

export interface EndTableOptions {
  /** Most slots, a power of two. At 16 bytes each (24 counted). Default 2,097,152. */
  readonly slots?: number | undefined;
  /** Whether each key has a number beside its end. */
  readonly counted?: boolean | undefined;
  /** Whether {@link EndTable.changes} is asked. */
  readonly tracked?: boolean | undefined;
}

/**
 * Keys of 64 bits with the time at which each ends, in typed arrays: 16 bytes a key where a `Map` takes a hundred. What has
 * ended is the same as what was never there, and only its place is used again. So nobody who is known is forgotten because
 * others came.
 */
export class EndTable {
  readonly #most: number;
  readonly #counted: boolean;
  readonly #tracked: boolean;
  readonly #parts: Part[];
  #slot = 0;

  constructor({ slots = 2 ** 21, counted = false, tracked = false }: EndTableOptions = {}) {
    this.#most = Math.max(1, slots / parts / ways);
    this.#counted = counted;
    this.#tracked = tracked;
    this.#parts = Array.from({ length: parts }, () => this.#part(1));
  }

  /** Bytes of its arrays. */
  get bytes(): number {
    const each = 16 + (this.#counted ? 8 : 0) + (this.#tracked ? 1 : 0);
    return this.#parts.reduce((sum, { buckets }) => sum + buckets * ways * each, 0);
  }

  /** When the key ends; 0 where it is not there. */
  end(high: number, low: number): number {
    const part = this.#partOf(low);
    return this.#find(part, high, low) ? (part.end[this.#slot] as number) : 0;
  }

  /** The number beside the end; 0 where the key is not there. */
  count(high: number, low: number): number {
    const part = this.#partOf(low);
    return this.#find(part, high, low) ? (part.count?.[this.#slot] ?? 0) : 0;
  }

  /**
   * Sets when a key ends.
   * @param now what ended before may give its place away
   * @returns false where there is no place: everything in both of its buckets is still needed
   */
  set(high: number, low: number, end: number, now: number, count = 0): boolean {
    let part = this.#partOf(low);
    if (!this.#find(part, high, low)) {
      while (!this.#findFree(part, high, low, now)) {
        if (part.buckets >= this.#most) return false;
        part = this.#grow(low & (parts - 1), now);
      }
      part.high[this.#slot] = high;
      part.low[this.#slot] = low;
    }
    part.end[this.#slot] = end;
    if (part.count !== undefined) part.count[this.#slot] = count;
    if (part.changed !== undefined) {
      part.changed[this.#slot] = 1;
      part.dirty = true;
    }
    return true;
  }

  /** What changed since the last call. */
  changes(each: (high: number, low: number, end: number, count: number) => void): void {
    for (const part of this.#parts) {
      if (!part.dirty || part.changed === undefined) continue;
      part.dirty = false;
      for (let slot = 0; slot < part.changed.length; slot++) {
        if (part.changed[slot] === 0) continue;
        part.changed[slot] = 0;
        each(part.high[slot] as number, part.low[slot] as number, part.end[slot] as number, part.count?.[slot] ?? 0);
      }
    }
  }

  /** What has not ended, a part at a time: between two of them others may have their turn. */
  *entries(now: number): Generator<readonly (readonly [high: number, low: number, end: number, count: number])[]> {
    for (let at = 0; at < parts; at++) {
      const { high, low, end, count } = this.#parts[at] as Part;
      const found: [number, number, number, number][] = [];
      for (let slot = 0; slot < end.length; slot++)
        if ((end[slot] as number) > now)
          found.push([high[slot] as number, low[slot] as number, end[slot] as number, count?.[slot] ?? 0]);
      yield found;
    }
  }

  #partOf(low: number): Part {
    return this.#parts[low & (parts - 1)] as Part;
  }

  /** Puts the slot of a key into `#slot`. */
  #find(part: Part, high: number, low: number): boolean {
    const keys = part.high;
    // Who asks for an end mostly sets it next.
    const last = this.#slot;
    if (keys[last] === high && part.low[last] === low) return true;
    const mask = part.buckets - 1;
    const first = ((low >>> 6) & mask) * ways;
    for (let slot = first; slot < first + ways; slot++)
      if (keys[slot] === high && part.low[slot] === low) {
        this.#slot = slot;
        return true;
      }
    const second = ((high >>> 6) & mask) * ways;
    for (let slot = second; slot < second + ways; slot++)
      if (keys[slot] === high && part.low[slot] === low) {
        this.#slot = slot;
        return true;
      }
    return false;
  }

  /** Puts a free slot into `#slot`, of the bucket that has more of them. */
  #findFree(part: Part, high: number, low: number, now: number): boolean {
    const mask = part.buckets - 1;
    let most = 0;
    for (const first of [((low >>> 6) & mask) * ways, ((high >>> 6) & mask) * ways]) {
      let free = 0;
      let found = first;
      for (let slot = first; slot < first + ways; slot++)
        if ((part.end[slot] as number) <= now) {
          free += 1;
          found = slot;
        }
      if (free > most) {
        most = free;
        this.#slot = found;
      }
    }
    return most > 0;
  }

  /** Twice as many buckets: what is in a bucket goes into two, so that there always is room. */
  #grow(at: number, now: number): Part {
    const old = this.#parts[at] as Part;
    const grown = this.#part(old.buckets * 2);
    const used = new Uint8Array(grown.buckets);
    for (let slot = 0; slot < old.end.length; slot++) {
      const end = old.end[slot] as number;
      if (end <= now && old.changed?.[slot] !== 1) continue;
      const [high, low] = [old.high[slot] as number, old.low[slot] as number];
      const bucket = Math.floor(slot / ways);
      // The bucket that it was in may be that of either half.
      const half = ((low >>> 6) & (old.buckets - 1)) === bucket ? low : high;
      const target = (half >>> 6) & (grown.buckets - 1);
      const free = target * ways + (used[target] as number);
      used[target] = (used[target] as number) + 1;
      grown.high[free] = high;
      grown.low[free] = low;
      grown.end[free] = end;
      if (grown.count !== undefined) grown.count[free] = old.count?.[slot] ?? 0;
      if (grown.changed !== undefined) grown.changed[free] = old.changed?.[slot] ?? 0;
    }
    grown.dirty = old.dirty;
    this.#parts[at] = grown;
    return grown;
  }

  #part(buckets: number): Part {
    const slots = buckets * ways;
    return {
      high: new Int32Array(slots),
      low: new Int32Array(slots),
      end: new Float64Array(slots),
      count: this.#counted ? new Float64Array(slots) : undefined,
      changed: this.#tracked ? new Uint8Array(slots) : undefined,
      buckets,
      dirty: false,
    };
  }
}
