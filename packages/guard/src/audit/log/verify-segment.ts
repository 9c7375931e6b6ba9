import { hashLength, tail, type Head } from './format.ts';
import { walkLines } from './lines.ts';
import { longest, segmentPieces } from './segment-reader.ts';
import type { Finding } from './verify.ts';
import { numbered } from './verify-heads.ts';

/** What a segment has to be. */
export interface Expected {
  /** Path of the segment's files, without what comes behind the dot; and what findings call it. */
  readonly name: string;
  readonly shown: string;
  /** Number of its first line, and what that is chained to; undefined where the segment before is not known. */
  readonly n: number | undefined;
  readonly previous: string;
  /** Heads that are about it, in their order. */
  readonly heads: readonly Head[];
  /** How many bytes it inflates to at most; undefined where it is not compressed. */
  readonly bytes: number | undefined;
}

/** What a segment was. */
export interface Checked {
  readonly bytes: number;
  readonly lines: number;
  readonly n: number;
  readonly chain: string;
  /** Lines behind the last head. */
  readonly unsigned: number;
  readonly torn: number;
}

const prefix = hashLength + tail.length;
/** Findings of one segment at most: one cut through a file is one finding, and noise is none. */
const most = 100;

/** Checks every line of a segment: its hash, its number, and that signed heads say the same. */
export function verifySegment(expected: Expected, found: (finding: Finding) => void): Checked {
  const heads = new Map(expected.heads.map((head) => [head.n, head]));
  const last = expected.heads.at(-1);
  let n = expected.n;
  let chain = expected.previous;
  let line = 0;
  let at = 0;
  let told = 0;
  let unsigned = 0;
  let carried = Buffer.concat([Buffer.from(expected.previous.padEnd(hashLength).slice(0, hashLength)), tail]);
  let before = expected.previous;
  // One for all pieces: each of its own costs more than checking it.
  let scratch = Buffer.alloc(0);
  const tell = (kind: Finding['kind'], what: string): void => {
    if (told++ < most) found({ kind, where: `${expected.shown}:${line}`, what });
  };
  const check = (
    own: { n: number | undefined; chain: string | undefined; linked: boolean; to: number },
    base: number,
  ): void => {
    line += 1;
    const wanted = n ?? own.n ?? 1;
    if (own.chain === undefined || own.n === undefined) {
      tell('changed', `record ${wanted} was changed, or a line was inserted: it has no hash`);
      n = wanted + 1;
      return;
    }
    if (own.n > wanted) tell('removed', `${numbered('record', wanted, own.n - 1)} removed before record ${own.n}`);
    else if (own.n < wanted)
      tell('misplaced', `record ${own.n} stands where record ${wanted} should be: it was moved or inserted`);
    else if (!own.linked) tell('changed', `record ${own.n} was changed: it has another hash`);
    chain = own.chain;
    n = own.n < wanted ? wanted : own.n + 1;
    const head = heads.get(own.n);
    if (head !== undefined && (head.chain !== own.chain || head.bytes !== base + own.to))
      tell('changed', `record ${own.n} is not what head ${head.head} signed`);
    if (last === undefined || own.n > last.n) unsigned += 1;
  };
  try {
    for (const piece of segmentPieces(expected.name)) {
      if (at + piece.length > (expected.bytes ?? Infinity)) {
        tell('inserted', 'more lines than the head that closes the segment signed');
        break;
      }
      if (carried.length > longest) {
        tell('changed', 'a line is longer than any that a log has');
        break;
      }
      const length = carried.length + piece.length;
      if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(Math.max(length, 1024 * 1024));
      carried.copy(scratch);
      piece.copy(scratch, carried.length);
      const bytes = scratch.subarray(0, length);
      const base = at - carried.length;
      const end = walkLines(bytes, 0, bytes.length, (own) => check(own, base));
      // The hash of the last whole line, and what stands behind it.
      carried = Buffer.from(bytes.subarray(end - prefix));
      at += piece.length;
      before = chain;
    }
  } catch (error) {
    tell('changed', `the segment cannot be read (${error instanceof Error ? error.message : 'unknown'})`);
  }
  return { bytes: at, lines: line, n: (n ?? 1) - 1, chain: before, unsigned, torn: carried.length - prefix };
}
