import type { BodyLimits } from '../compiled.ts';

/** What one look over the bytes of a JSON text tells without parsing it. */
export interface JsonScan {
  /**
   * False where only the exact parser can say what the text means or whether it is within limits: numbers that may not
   * fit a double, surrogates in escapes, too deep, too many values, too long a string.
   */
  readonly plain: boolean;
  /** Colons outside strings: in valid JSON, the number of properties of all objects, repeated ones included. */
  readonly properties: number;
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;

/** 1: begins or continues a number. 2: continues one only (`+`, `.`, `e`, `E`). */
const numeric = new Uint8Array(256);
for (const character of '-0123456789') numeric[character.charCodeAt(0)] = 1;
for (const character of '+.eE') numeric[character.charCodeAt(0)] = 2;

const notPlain: JsonScan = { plain: false, properties: 0 };

/** Longest number literal that a double keeps whatever its digits: 15 of them. */
const safeLiteral = 15;

/**
 * Scans JSON before it is parsed natively. On text that is not JSON the answer means nothing, but the parser will say so.
 */
export function scanJson(bytes: Uint8Array, limits: BodyLimits): JsonScan {
  const length = bytes.length;
  const { maxDepth, maxString } = limits;
  let depth = 0;
  let opened = 0;
  let commas = 0;
  let properties = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      const start = at;
      for (at++; at < length; at++) {
        const inner = bytes[at] as number;
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) {
          if (bytes[at + 1] === 0x75 && isSurrogate(bytes, at + 2)) return notPlain;
          at++;
        }
      }
      if (at - start - 1 > maxString) return notPlain;
    } else if (byte === 0x2c) {
      commas++;
    } else if (byte === 0x3a) {
      properties++;
    } else if (byte === 0x7b || byte === 0x5b) {
      opened++;
      if (++depth > maxDepth) return notPlain;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    } else if (numeric[byte] === 1) {
      const start = at;
      while (numeric[bytes[at + 1] as number] !== 0 && at + 1 < length) {
        at++;
        if ((bytes[at] as number) > 0x40) return notPlain;
      }
      if (at - start >= safeLiteral && !isKept(bytes, start, at + 1)) return notPlain;
    }
  }
  return commas + opened + 1 > limits.maxNodes ? notPlain : { plain: true, properties };
}

/** Significant digits that a fraction may have: doubles are printed with so many (docs/decisions/060-numbers.md). */
const printed = 17;

/**
 * Whether a long number without exponent is, as `JSON.parse` reads it, the number that is meant: sums such as
 * `16.990000000000002`, whole numbers of 16 digits below 2^53. False where only the exact reader can say.
 *
 * @param start of the number in JSON's grammar, its sign included
 * @param end the index after it
 */
export function isKept(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  let point = first;
  while (point < end && bytes[point] !== 0x2e) point++;
  if (point === end)
    return end - first <= safeLiteral || (end - first === safeLiteral + 1 && (bytes[first] ?? 0) < 0x39);
  if (point - first > safeLiteral || end - first > 64) return false;
  let significant = first;
  while (significant < end && (bytes[significant] === 0x30 || bytes[significant] === 0x2e)) significant++;
  return end - significant - (significant < point ? 1 : 0) <= printed;
}

/** `\ud800` to `\udfff`. */
function isSurrogate(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at];
  if (first !== 0x64 && first !== 0x44) return false;
  const second = bytes[at + 1] ?? 0;
  return second >= 0x38;
}
