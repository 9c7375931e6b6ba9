import { randomBytes } from 'node:crypto';

/** The secret of a hash: two whole numbers of 32 bits. */
export type HashKey = readonly [number, number];

/** A secret that nobody can foresee. */
export function randomHashKey(): HashKey {
  const bytes = randomBytes(8);
  return [bytes.readInt32LE(0), bytes.readInt32LE(4)];
}

/**
 * HalfSipHash-1-3 with 64 bits (Aumasson and Bernstein): who does not know the secret can neither find keys that collide
 * nor fill one bucket. It is computed here, not by `node:crypto`, because a call there costs more than a whole decision.
 * The result stands in `high` and `low` until the next call, so that a request allocates nothing.
 */
export class KeyHash {
  high = 0;
  low = 0;
  readonly #key: HashKey;
  /** One caller is asked for by several counters one after another. */
  #last: string | undefined;

  constructor(key: HashKey = randomHashKey()) {
    this.#key = key;
  }

  /** The secret, so that what was hashed can be found again after a restart. */
  get key(): HashKey {
    return this.#key;
  }

  /** Hashes the UTF-16 code units of a text. */
  of(text: string): void {
    if (text === this.#last) return;
    this.#last = text;
    const [k0, k1] = this.#key;
    let v0 = k0;
    let v1 = k1 ^ 0xee;
    let v2 = 0x6c796765 ^ k0;
    let v3 = 0x74656462 ^ k1;
    const { length } = text;
    const pairs = length >> 1;
    // Words of the text, then the length with an odd last unit, then what finishes each half.
    for (let i = 0; i < pairs + 7; i++) {
      let word = 0;
      if (i < pairs) word = text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 16);
      else if (i === pairs) word = (length << 25) | (length & 1 ? text.charCodeAt(length - 1) : 0);
      else if (i === pairs + 1) v2 ^= 0xee;
      else if (i === pairs + 4) {
        this.low = (v1 ^ v3) | 0;
        v1 ^= 0xdd;
      }
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    this.high = (v1 ^ v3) | 0;
  }
}
