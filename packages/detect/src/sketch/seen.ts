import { mix } from './hash.ts';

/** Bits for one entry: with four places each, one in a hundred new entries is taken for a known one. */
const bitsPerEntry = 10;
const places = 4;
/** Words of one block: 64 bytes, what a processor fetches at once. */
const blockWords = 16;
const inBlock = blockWords - 1;
const smallest = 1 << 16;

/**
 * Remembers what was seen, for a while and in bounded memory: two Bloom filters, of which the older is dropped when the
 * younger is full or `period` old. What was seen is known for one to two periods; where more comes than there is room for, it
 * is forgotten sooner.
 */
export class Seen {
  #young: Uint32Array;
  #old: Uint32Array | undefined;
  #count = 0;
  #since = Number.NaN;
  readonly #period: number;
  readonly #most: number;

  /**
   * @param period seconds
   * @param maxBytes of each of the two filters
   */
  constructor(period: number, maxBytes: number) {
    this.#period = period;
    this.#most = maxBytes * 8;
    this.#young = new Uint32Array(Math.min(smallest, this.#most) / 32);
  }

  /**
   * Adds an entry, named by two hashes.
   * @param time seconds
   * @returns whether it is new
   */
  add(a: number, b: number, time: number): boolean {
    if (Number.isNaN(this.#since)) this.#since = time;
    const bits = this.#young.length * 32;
    if (time - this.#since >= this.#period || this.#count * bitsPerEntry >= bits) this.#turn(time, bits);
    // What is in the younger one is known: the older need not be asked.
    if (!set(this.#young, a, b)) return false;
    this.#count += 1;
    return this.#old === undefined || !includes(this.#old, a, b);
  }

  has(a: number, b: number): boolean {
    return includes(this.#young, a, b) || (this.#old !== undefined && includes(this.#old, a, b));
  }

  get bytes(): number {
    return this.#young.byteLength + (this.#old?.byteLength ?? 0);
  }

  #turn(time: number, bits: number): void {
    const early = time - this.#since < this.#period;
    this.#old = this.#young;
    this.#young = new Uint32Array((early ? Math.min(bits * 4, this.#most) : bits) / 32);
    this.#count = 0;
    this.#since = time;
  }
}

/** Where the bits of an entry stand: all in one block, that the processor fetches at once. */
function blockOf({ length }: Uint32Array, first: number): number {
  return (first & (length / blockWords - 1)) * blockWords;
}

function includes(words: Uint32Array, a: number, b: number): boolean {
  const first = mix(a ^ Math.imul(b, 0x27d4eb2f));
  const from = blockOf(words, first);
  let bits = mix(b ^ Math.imul(first, 0x9e3779b1));
  for (let i = 0; i < places; i++) {
    if (((words[from + ((bits >>> 5) & inBlock)] ?? 0) & (1 << (bits & 31))) === 0) return false;
    bits = i === 2 ? first >>> 23 : bits >>> 9;
  }
  return true;
}

/** Whether a bit of it was not set before. */
function set(words: Uint32Array, a: number, b: number): boolean {
  const first = mix(a ^ Math.imul(b, 0x27d4eb2f));
  const from = blockOf(words, first);
  let bits = mix(b ^ Math.imul(first, 0x9e3779b1));
  let changed = false;
  for (let i = 0; i < places; i++) {
    const at = from + ((bits >>> 5) & inBlock);
    const word = words[at] ?? 0;
    const next = word | (1 << (bits & 31));
    if (next !== (word | 0)) {
      words[at] = next;
      changed = true;
    }
    // Nine bits of the first hash that choose no block of a filter below half a gigabyte are the last place.
    bits = i === 2 ? first >>> 23 : bits >>> 9;
  }
  return changed;
}
