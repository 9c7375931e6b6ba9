/**
 * Hashes a text into 64 bits: `low` is returned, `high` stands in `hashed.high` until the next call. Murmur-like mixing of
 * each character in two lanes. Not for secrets: what comes here was hashed under a key already, or is a name.
 */
export function hashText(text: string, seed: number): number {
  let a = seed ^ text.length;
  let b = Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul((b << 5) ^ (b >>> 27) ^ code, 0xcc9e2d51);
  }
  hashed.high = mix(b ^ (a >>> 3));
  return mix(a ^ (b << 7));
}

/** The same for two texts, in their order. */
export function hashPair(first: string, second: string, seed: number): number {
  const low = hashText(first, seed);
  const { high } = hashed;
  const secondLow = hashText(second, seed);
  hashed.high = join(high, hashed.high);
  return join(low, secondLow);
}

/** The other half of what was hashed last. */
export const hashed = { high: 0 };

/** Spreads each bit of a number over all of its 32. */
export function mix(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** One number for two, in their order. */
export function join(a: number, b: number): number {
  return mix(Math.imul(a, 0x9e3779b1) ^ (b + 0x7f4a7c15));
}
