import type { Buffer } from 'node:buffer';
import { isKept } from '../bodies/json-scan.ts';

// What generated scanners call. Each takes the bytes of a JSON text, which end with a zero, and an index, and gives the
// index after what it has read, or -1 where that is not what it is for. -1 says nothing about the text: it is then parsed.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;

/** 1: stands for itself in a JSON string and is ASCII. 2: begins or continues a sequence of UTF-8. */
const kinds = new Uint8Array(256);
kinds.fill(1, 0x20, 0x7f);
kinds.fill(2, 0x80);
kinds[0x7f] = 1;
kinds[QUOTE] = 0;
kinds[BACKSLASH] = 0;

/** 1: a digit. 2: a hexadecimal letter. */
const digits = new Uint8Array(256);
digits.fill(1, ZERO, ZERO + 10);
for (const letter of 'abcdefABCDEF') digits[letter.charCodeAt(0)] = 2;

/** Skips white space (RFC 8259 section 2). */
export function space(bytes: Buffer, at: number): number {
  let index = at;
  for (let byte = bytes[index]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[index])
    index++;
  return index;
}

/** An escape after its backslash: how many bytes it has, or 0. Surrogates are left to the parser. */
function escape(bytes: Buffer, at: number): number {
  switch (bytes[at]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 1;
    case 0x75: {
      // u
      for (let index = at + 1; index <= at + 4; index++) if (digits[bytes[index] as number] === 0) return 0;
      const surrogate = ((bytes[at + 1] as number) | 0x20) === 0x64 && (bytes[at + 2] as number) >= 0x38;
      return surrogate ? 0 : 5;
    }
    default:
      return 0;
  }
}

/** Any string, from after its first quote to after its last. */
export function text(bytes: Buffer, at: number): number {
  let index = at;
  for (;;) {
    while (kinds[bytes[index] as number] !== 0) index++;
    const byte = bytes[index];
    if (byte === QUOTE) return index + 1;
    if (byte !== BACKSLASH) return -1;
    const length = escape(bytes, index + 1);
    if (length === 0) return -1;
    index += 1 + length;
  }
}

/** A string of so many characters (code points). */
export function counted(bytes: Buffer, at: number, fewest: number, most: number): number {
  let index = at;
  // Bytes that are no character of their own: within escapes, and continuing UTF-8.
  let more = 0;
  for (;;) {
    let byte = bytes[index] as number;
    while (kinds[byte] === 1) byte = bytes[++index] as number;
    if (byte === QUOTE) break;
    if (byte > 0x7f) {
      if (byte < 0xc0) more++;
      index++;
      continue;
    }
    const length = byte === BACKSLASH ? escape(bytes, index + 1) : 0;
    if (length === 0) return -1;
    more += length;
    index += 1 + length;
  }
  const characters = index - at - more;
  return characters >= fewest && characters <= most ? index + 1 : -1;
}

/** A string without escapes and beyond ASCII nothing: the index of its last quote. */
export function plain(bytes: Buffer, at: number): number {
  let index = at;
  while (kinds[bytes[index] as number] === 1) index++;
  return bytes[index] === QUOTE ? index : -1;
}

/** A UUID of RFC 9562, and the last quote. */
export function uuid(bytes: Buffer, at: number): number {
  for (let index = at; index < at + 36; index++) {
    const byte = bytes[index] as number;
    if (digits[byte] === 0) {
      if (byte !== 0x2d) return -1;
      const place = index - at;
      if (place !== 8 && place !== 13 && place !== 18 && place !== 23) return -1;
    }
  }
  return bytes[at + 8] === 0x2d &&
    bytes[at + 13] === 0x2d &&
    bytes[at + 18] === 0x2d &&
    bytes[at + 23] === 0x2d &&
    bytes[at + 36] === QUOTE
    ? at + 37
    : -1;
}

/** Two digits as a number; more than 99 where they are none. */
function two(bytes: Buffer, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? 100 : tens * 10 + ones;
}

/** Year, month and day, where every month has such a day. The others are left to the format's own check. */
function day(bytes: Buffer, at: number): boolean {
  const month = two(bytes, at + 5);
  const date = two(bytes, at + 8);
  return (
    two(bytes, at) < 100 &&
    two(bytes, at + 2) < 100 &&
    bytes[at + 4] === 0x2d &&
    bytes[at + 7] === 0x2d &&
    month >= 1 &&
    month <= 12 &&
    date >= 1 &&
    date <= 28
  );
}

/** `2026-11-24`, and the last quote. */
export function date(bytes: Buffer, at: number): number {
  return day(bytes, at) && bytes[at + 10] === QUOTE ? at + 11 : -1;
}

/** `2026-11-24T15:20:00Z`, and the last quote. No leap seconds: those are left to the format's own check. */
export function dateTime(bytes: Buffer, at: number): number {
  if (
    !day(bytes, at) ||
    bytes[at + 10] !== 0x54 ||
    two(bytes, at + 11) > 23 ||
    bytes[at + 13] !== 0x3a ||
    two(bytes, at + 14) > 59 ||
    bytes[at + 16] !== 0x3a ||
    two(bytes, at + 17) > 59
  )
    return -1;
  let index = at + 19;
  if (bytes[index] === 0x2e) {
    const first = ++index;
    while (digits[bytes[index] as number] === 1) index++;
    if (index === first) return -1;
  }
  const zone = bytes[index];
  if (zone === 0x5a) return bytes[index + 1] === QUOTE ? index + 2 : -1;
  if (zone !== 0x2b && zone !== 0x2d) return -1;
  return two(bytes, index + 1) <= 23 &&
    bytes[index + 3] === 0x3a &&
    two(bytes, index + 4) <= 59 &&
    bytes[index + 6] === QUOTE
    ? index + 7
    : -1;
}

/** Levels of free JSON; deeper ones are left to the parser. */
const deepest = 64;

/** Any JSON value. Repeated keys are not noticed. */
export function any(bytes: Buffer, at: number): number {
  return value(bytes, at, 0);
}

function value(bytes: Buffer, at: number, depth: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return text(bytes, at + 1);
    case 0x7b:
    case 0x5b:
      return depth === deepest ? -1 : list(bytes, at + 1, depth + 1, bytes[at] === 0x7b);
    case 0x74:
      return word(bytes, at, 0x72, 0x75, 0x65);
    case 0x6e:
      return word(bytes, at, 0x75, 0x6c, 0x6c);
    case 0x66:
      return word(bytes, at, 0x61, 0x6c, 0x73) === -1 || bytes[at + 4] !== 0x65 ? -1 : at + 5;
    default:
      return number(bytes, at);
  }
}

function list(bytes: Buffer, from: number, depth: number, named: boolean): number {
  const end = named ? 0x7d : 0x5d;
  let at = space(bytes, from);
  if (bytes[at] === end) return at + 1;
  for (;;) {
    if (named) {
      if (bytes[at] !== QUOTE) return -1;
      at = text(bytes, at + 1);
      if (at === -1) return -1;
      at = space(bytes, at);
      if (bytes[at] !== 0x3a) return -1;
      at = space(bytes, at + 1);
    }
    at = value(bytes, at, depth);
    if (at === -1) return -1;
    at = space(bytes, at);
    if (bytes[at] === end) return at + 1;
    if (bytes[at] !== 0x2c) return -1;
    at = space(bytes, at + 1);
  }
}

function word(bytes: Buffer, at: number, second: number, third: number, fourth: number): number {
  return bytes[at + 1] === second && bytes[at + 2] === third && bytes[at + 3] === fourth ? at + 4 : -1;
}

/** A number without an exponent that a double keeps. */
export function number(bytes: Buffer, at: number): number {
  const first = bytes[at] === 0x2d ? at + 1 : at;
  let index = first;
  while (digits[bytes[index] as number] === 1) index++;
  if (index === first || (bytes[first] === ZERO && index > first + 1)) return -1;
  if (bytes[index] === 0x2e) {
    const fraction = ++index;
    while (digits[bytes[index] as number] === 1) index++;
    if (index === fraction) return -1;
  }
  return index - first > 15 && !isKept(bytes, first, index) ? -1 : index;
}
