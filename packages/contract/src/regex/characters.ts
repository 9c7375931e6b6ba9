/** A set of code points: ascending, disjoint, inclusive ranges, flat: `[from, to, from, to]`. */
export type CharacterSet = readonly number[];

const LAST = 0x10ffff;

export const anything: CharacterSet = [0, LAST];
export const digit: CharacterSet = [0x30, 0x39];
/** `\w` without the `i` flag (ECMA-262 section 22.2.2.9.3). */
export const word: CharacterSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** `\s`: WhiteSpace and LineTerminator (ECMA-262 sections 12.2 and 12.3). */
export const space: CharacterSet = [
  0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
  0x3000, 0x3000, 0xfeff, 0xfeff,
];
/** What `.` does not match without the `s` flag. */
export const lineTerminator: CharacterSet = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];

/** One set of many, which may overlap and be out of order. */
export function union(...sets: readonly CharacterSet[]): CharacterSet {
  const ranges: [number, number][] = [];
  for (const set of sets)
    for (let index = 0; index < set.length; index += 2) ranges.push([set[index] ?? 0, set[index + 1] ?? 0]);
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [from, to] of ranges) {
    const last = merged.length - 1;
    if (last > 0 && from <= (merged[last] ?? 0) + 1) merged[last] = Math.max(merged[last] ?? 0, to);
    else merged.push(from, to);
  }
  return merged;
}

export function complement(set: CharacterSet): CharacterSet {
  const rest: number[] = [];
  let next = 0;
  for (let index = 0; index < set.length; index += 2) {
    const from = set[index] ?? 0;
    if (from > next) rest.push(next, from - 1);
    next = (set[index + 1] ?? 0) + 1;
  }
  if (next <= LAST) rest.push(next, LAST);
  return rest;
}

/** Whether some code point is in both sets. */
export function overlap(a: CharacterSet, b: CharacterSet): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if ((a[i + 1] ?? 0) < (b[j] ?? 0)) i += 2;
    else if ((b[j + 1] ?? 0) < (a[i] ?? 0)) j += 2;
    else return true;
  }
  return false;
}

const byProperty = new Map<string, CharacterSet>();

/** So many code points are looked at together. */
const CHUNK = 0x1000;

/**
 * The code points of a Unicode property as this JavaScript engine knows it.
 *
 * @param escape `p{Script=Greek}` or `P{L}`
 */
export function propertySet(escape: string): CharacterSet {
  let set = byProperty.get(escape);
  if (set === undefined) byProperty.set(escape, (set = lookUp(escape)));
  return set;
}

/** Planes 4 to 13 are unassigned, 15 and 16 private: all but the last two code points of each are alike. */
function isUniform(code: number): boolean {
  const plane = code >> 16;
  return (plane >= 4 && plane <= 13) || plane >= 15;
}

function lookUp(escape: string): CharacterSet {
  const runs = new RegExp(`\\${escape}+`, 'gu');
  const all = new RegExp(`^\\${escape}+$`, 'u');
  const any = new RegExp(`\\${escape}`, 'u');
  const ranges: number[] = [];
  const units = new Uint16Array(CHUNK * 2);
  const decoder = new TextDecoder('utf-16le');
  for (let from = 0; from <= LAST; from += CHUNK) {
    // A surrogate on its own, which no text in UTF-8 has, is of no use here.
    if (from >= 0xd000 && from < 0xe000) {
      for (let code = from; code < Math.min(from + CHUNK, 0xd800); code++)
        if (any.test(String.fromCharCode(code))) ranges.push(code, code);
      continue;
    }
    if (isUniform(from)) {
      const plane = from & ~0xffff;
      if (any.test(String.fromCodePoint(plane))) ranges.push(plane, plane + 0xfffd);
      for (const code of [plane + 0xfffe, plane + 0xffff])
        if (any.test(String.fromCodePoint(code))) ranges.push(code, code);
      from = plane + 0x10000 - CHUNK;
      continue;
    }
    const wide = from > 0xffff;
    for (let index = 0; index < CHUNK; index++) {
      const code = from + index;
      if (wide) {
        units[index * 2] = 0xd800 + ((code - 0x10000) >> 10);
        units[index * 2 + 1] = 0xdc00 + (code & 0x3ff);
      } else units[index] = code;
    }
    const chunk = decoder.decode(units.subarray(0, wide ? CHUNK * 2 : CHUNK));
    if (!any.test(chunk)) continue;
    if (all.test(chunk)) ranges.push(from, from + CHUNK - 1);
    else
      for (const match of chunk.matchAll(runs))
        ranges.push(
          from + (match.index >> (wide ? 1 : 0)),
          from + ((match.index + match[0].length) >> (wide ? 1 : 0)) - 1,
        );
  }
  return union(ranges);
}
