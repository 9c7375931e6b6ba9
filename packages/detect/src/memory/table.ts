const chunkBits = 12;
/** Slots in one chunk. */
const chunk = 1 << chunkBits;
const inChunk = chunk - 1;

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
  readonly #high = this.column((length) => new Uint32Array(length));
  readonly #low = this.column((length) => new Uint32Array(length));
  /** Seconds: when a slot was used last. */
  readonly last = this.column((length) => new Uint32Array(length));
  /** Seconds: since when it is known. */
  readonly since = this.column((length) => new Uint32Array(length));
  #hand = 0;
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
      if (this.#low.get(slot) === low && this.#high.get(slot) === high) return slot;
    }
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
    this.#high.set(slot, high);
    this.#low.set(slot, low);
    this.last.set(slot, time);
    this.since.set(slot, time);
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
    for (let slot = 0; slot < this.#size - 1; slot++) this.#put(slot, this.#low.get(slot));
  }

  /**
   * Of sixteen from all over the table the one that was not used for longest: callers that came together stand side by side, and
   * must not be weighed against each other only.
   */
  #evict(): number {
    const stride = Math.floor(this.#size * 0.618) | 1;
    let oldest = this.#hand;
    for (let i = 1; i < 16; i++) {
      const slot = (this.#hand + i * stride) % this.#size;
      if (this.last.get(slot) < this.last.get(oldest)) oldest = slot;
    }
    this.#hand = (this.#hand + 1) % this.#size;
    this.#remove(oldest);
    return oldest;
  }

  #remove(slot: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let hole = this.#low.get(slot) & mask;
    while (index[hole] !== slot + 1) hole = (hole + 1) & mask;
    // What was pushed on by the one that goes moves back.
    for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = this.#low.get((index[at] ?? 0) - 1) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = index[at] ?? 0;
      hole = at;
    }
    index[hole] = 0;
  }
}
