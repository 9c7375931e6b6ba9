import { chainKey, hashLength, linkLength, linkOf, tail } from './format.ts';

/** A line of a segment as it stands in the file. */
export interface Line {
  /** Where it begins, and behind its line end. */
  readonly from: number;
  readonly to: number;
  /** The number that it says it has; undefined where it has none. */
  readonly n: number | undefined;
  /** The hash that it says it has; undefined where the line is not formed as lines of the log are. */
  readonly chain: string | undefined;
  /** Whether the hash is that of its bytes, after the line before. */
  readonly linked: boolean;
}

const lineEnd = 0x0a;

/**
 * Checks the lines of a piece of a segment.
 * @param bytes lines, and before them at `start` the hash of the line before with its tail
 * @param start where that hash begins
 * @param end where to stop; the last line may have no end
 * @param each is told of each line that has an end; false stops
 * @returns where the first line begins that has no end
 */
export function walkLines(bytes: Buffer, start: number, end: number, each: (line: Line) => boolean | void): number {
  let before = start;
  let from = start + hashLength + tail.length;
  for (;;) {
    const at = bytes.indexOf(lineEnd, from);
    if (at === -1 || at >= end) return from;
    const to = at + 1;
    const bodyEnd = to - linkLength;
    const formed = bodyEnd > from && isFormed(bytes, bodyEnd, to);
    const hashAt = to - tail.length - hashLength;
    const chain = formed ? bytes.toString('latin1', hashAt, hashAt + hashLength) : undefined;
    const linked = formed && linkOf(bytes.subarray(before, bodyEnd)) === chain;
    if (each({ from, to, n: formed ? numberAt(bytes, bodyEnd) : undefined, chain, linked }) === false) return to;
    before = Math.max(0, hashAt);
    from = to;
  }
}

/** Byte by byte: for so few, a call of Buffer's own costs more. */
function isFormed(bytes: Buffer, bodyEnd: number, to: number): boolean {
  for (let at = 0; at < chainKey.length; at++) if (bytes[bodyEnd + at] !== chainKey[at]) return false;
  for (let at = 0; at < tail.length; at++) if (bytes[to - tail.length + at] !== tail[at]) return false;
  return true;
}

const key = Buffer.from('"n":');

/** `…,"n":17` before the end of a body. */
function numberAt(bytes: Buffer, bodyEnd: number): number | undefined {
  let n = 0;
  let scale = 1;
  let at = bodyEnd - 1;
  for (; at > 0 && bodyEnd - at <= 16; at--) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    n += digit * scale;
    scale *= 10;
  }
  if (scale === 1 || at < key.length) return undefined;
  for (let one = 0; one < key.length; one++) if (bytes[at - key.length + 1 + one] !== key[one]) return undefined;
  return n;
}
