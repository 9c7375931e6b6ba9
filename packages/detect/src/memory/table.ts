const chunkBits = 12;
/** Slots in one chunk. */
const chunk = 1 << chunkBits;
const inChunk = chunk - 1;
/** Slots that are looked at each time that one gives way, and how many of the oldest are kept in mind. */
const samples = 5;
const candidates = 16;

/** A number for each slot, or several, in pieces: growing copies nothing. */
export class Column<A extends Float32Array | Uint32Array | Uint16Array | Uint8Array> {
  readonly #make: (length: number) => A;
  readonly #width: number;
  readonly #chunks: A[] = [];

  constructor(make: (length: number) => A, width = 1) {
    this.#make = make;
    this.#width = width;
  }

  get(slot: number, at = 0): number {
    return this.#chunks[slot >>> chunkBits]?.[(slot & inChunk) * this.#width + at] ?? 0;
  }

  set(slot: number, value: number, at = 0): void {
    const piece = this.#chunks[slot >>> chunkBits];
    if (piece !== undefined) piece[(slot & inChunk) * this.#width + at] = value;
  }

  /** The piece that holds a slot, and where the slot begins in it: for loops over its numbers. */
  piece(slot: number): A {
    const found = this.#chunks[slot >>> chunkBits];
    if (found === undefined) throw new RangeError(`there is no slot ${slot}`);
    return found;
  }

  offset(slot: number): number {
    return (slot & inChunk) * this.#width;
  }

  clear(slot: number): void {
    const from = this.offset(slot);
    this.piece(slot).fill(0, from, from + this.#width);
  }

  grow(slots: number): void {
    while (this.#chunks.length << chunkBits < slots) this.#chunks.push(this.#make(chunk * this.#width));
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, piece) => sum + piece.byteLength, 0);
  }
}

type AnyColumn = Column<Float32Array | Uint32Array | Uint16Array | Uint8Array>;

/**
 * Slots by key, without a string or object for any: open addressing over 64-bit hashes. Where it is full, one of those that
 * were not used for longest gives way.
 */
export class Table {
  #index = new Int32Array(1024);
  #size = 0;
  readonly #max: number;
  readonly #columns: AnyColumn[] = [];
  /** Of each slot side by side: high and low half of its key, seconds when it was used last, seconds since when it is known. */
  readonly #heads = this.column((length) => new Uint32Array(length), 4);
  #hand = 0;
  /** Those that were not used for longest of what was looked at when something gave way; the oldest last. */
  readonly #oldest: { readonly slot: number; readonly last: number }[] = [];
  /** Whether the slot that was asked for last is a new one. */
  fresh = false;

  /** @param max slots at most */
  constructor(max: number) {
    this.#max = max;
  }

  column<A extends Float32Array | Uint32Array | Uint16Array | Uint8Array>(
    make: (length: number) => A,
    width = 1,
  ): Column<A> {
    const made = new Column(make, width);
    made.grow(this.#size);
    this.#columns.push(made as unknown as AnyColumn);
    return made;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#columns.reduce((sum, column) => sum + column.bytes, this.#index.byteLength);
  }

  /** The slot of a key; -1 where there is none. */
  find(high: number, low: number): number {
    const mask = this.#index.length - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const slot = (this.#index[at] ?? 0) - 1;
      if (slot < 0) return -1;
      const heads = this.#heads.piece(slot);
      const from = this.#heads.offset(slot);
      if (heads[from] === low && heads[from + 1] === high) return slot;
    }
  }

  /** Seconds: when a slot was used last. */
  last(slot: number): number {
    return this.#heads.get(slot, 2);
  }

  /** Seconds: since when a slot is known. */
  since(slot: number): number {
    return this.#heads.get(slot, 3);
  }

  /** Says that a slot is used now. */
  use(slot: number, time: number): void {
    this.#heads.set(slot, time, 2);
  }

  /** Says that what a slot stands for was there before it came. */
  date(slot: number, since: number): void {
    this.#heads.set(slot, since, 3);
  }

  /**
   * The slot of a key; made where there is none.
   * @param high unsigned 32 bits
   * @param low unsigned 32 bits
   * @param time seconds
   */
  slot(high: number, low: number, time: number): number {
    const known = this.find(high, low);
    this.fresh = known < 0;
    if (known >= 0) return known;
    const isFull = this.#size >= this.#max;
    const slot = isFull ? this.#evict() : this.#size++;
    if (this.#size * 2 > this.#index.length) this.#rehash();
    // What nobody had before is empty.
    if (isFull) for (const column of this.#columns) column.clear(slot);
    else if ((slot & inChunk) === 0) for (const column of this.#columns) column.grow(this.#size);
    const heads = this.#heads.piece(slot);
    const from = this.#heads.offset(slot);
    heads[from] = low;
    heads[from + 1] = high;
    heads[from + 2] = time;
    heads[from + 3] = time;
    this.#put(slot, low);
    return slot;
  }

  #put(slot: number, low: number): void {
    const mask = this.#index.length - 1;
    let at = low & mask;
    while (this.#index[at] !== 0) at = (at + 1) & mask;
    this.#index[at] = slot + 1;
  }

  #rehash(): void {
    this.#index = new Int32Array(this.#index.length * 2);
    for (let slot = 0; slot < this.#size - 1; slot++) this.#put(slot, this.#heads.get(slot));
  }

  /**
   * Of some from all over the table, and of the oldest that were seen before, the one that was not used for longest: callers that
   * came together stand side by side, and must not be weighed against each other only.
   */
  #evict(): number {
    const stride = Math.floor(this.#size * 0.618) | 1;
    for (let i = 0; i < samples; i++) this.#consider((this.#hand + i * stride) % this.#size);
    this.#hand = (this.#hand + 1) % this.#size;
    for (;;) {
      const candidate = this.#oldest.pop();
      if (candidate === undefined) return this.#remove(this.#hand);
      // What was used since, or gave way already, is none any more.
      if (this.last(candidate.slot) === candidate.last) return this.#remove(candidate.slot);
    }
  }

  /** Keeps a slot in mind where it is among the oldest: the oldest of all stands last. */
  #consider(slot: number): void {
    const oldest = this.#oldest;
    const last = this.last(slot);
    if (oldest.length >= candidates && last >= (oldest[0]?.last ?? 0)) return;
    if (oldest.some((one) => one.slot === slot && one.last === last)) return;
    let at = oldest.length;
    while (at > 0 && (oldest[at - 1]?.last ?? 0) < last) at -= 1;
    oldest.splice(at, 0, { slot, last });
    if (oldest.length > candidates) oldest.shift();
  }

  #remove(slot: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    let hole = this.#heads.get(slot) & mask;
    while (index[hole] !== slot + 1) hole = (hole + 1) & mask;
    // What was pushed on by the one that goes moves back.
    for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = this.#heads.get((index[at] ?? 0) - 1) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = index[at] ?? 0;
      hole = at;
    }
    index[hole] = 0;
    return slot;
  }
}
