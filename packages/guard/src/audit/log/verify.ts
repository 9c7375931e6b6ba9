import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { segmentsIn } from './directory.ts';
import { segmentName, type Head } from './format.ts';
import { longest, segmentForm, segmentPieces } from './segment-reader.ts';
import { checkAnchors } from './anchors.ts';
import { numbered, verifyHeads } from './verify-heads.ts';
import { verifySegment } from './verify-segment.ts';

/** Something that is not as it was written. */
export interface Finding {
  readonly kind: 'changed' | 'removed' | 'misplaced' | 'inserted' | 'truncated';
  /** `000000003.jsonl:17`: the file and its line. */
  readonly where: string;
  readonly what: string;
}

/** What a check of a log gives. */
export interface Verification {
  readonly findings: readonly Finding[];
  /** What is no tampering and should be known: processes that were killed, events that were lost, lines that are not signed yet. */
  readonly notes: readonly string[];
  readonly segments: number;
  readonly lines: number;
  /** Bytes of lines that were checked, inflated. */
  readonly bytes: number;
  readonly heads: number;
  /** Id of the key that signed the first head: write it down when the log begins. */
  readonly firstKey: string | undefined;
}

/** How a log is checked. */
export interface VerifyOptions {
  /** Id of the first key of the log. */
  readonly key?: string | undefined;
  /** Files of heads that were anchored elsewhere. */
  readonly anchors?: readonly string[] | undefined;
}

/**
 * Checks an audit log: that every line is as it was written, none is missing, none is elsewhere and none was put in.
 * @throws CastellanError `no-audit-log`
 */
export function verifyLog(directory: string, options: VerifyOptions = {}): Verification {
  const segments = segmentsIn(directory);
  const heads = verifyHeads(directory, options.key);
  const findings: Finding[] = [...heads.findings];
  const notes: string[] = [];
  const total = { lines: 0, bytes: 0 };
  const { removed, last } = heads;
  const open = last === undefined ? 1 : last.closed === true ? last.segment + 1 : last.segment;
  let n: number | undefined = 1;
  let previous = last?.log ?? logOf(join(directory, segmentName(1)));
  for (const segment of segments.filter((one) => one > open || removed.has(one)))
    findings.push({ kind: 'inserted', where: `${segmentName(segment)}.jsonl`, what: 'no head knows this segment' });
  let expected = 1;
  for (const segment of knownSegments([...segments, ...heads.segments, 1, open], open)) {
    // Heads of other segments were removed with them: nothing is known of these but that they were.
    if (segment > expected) {
      findings.push(...goneSegments(expected, segment - 1));
      n = undefined;
      previous = '';
    }
    expected = segment + 1;
    const name = join(directory, segmentName(segment));
    const shown = `${segmentName(segment)}.jsonl`;
    const own = heads.of(segment);
    const closing = own.findLast((head) => head.closed === true);
    const form = segmentForm(name);
    if (form === 'missing') {
      if (segment === open && own.length === 0) break;
      if (!removed.has(segment)) findings.push(missing(shown, n, closing ?? own.at(-1)));
      n = closing === undefined ? undefined : closing.n + 1;
      previous = closing?.chain ?? '';
      continue;
    }
    if (removed.has(segment)) continue;
    if (form === 'compressed' && closing === undefined)
      findings.push({ kind: 'inserted', where: `${shown}.zst`, what: 'no head closes this segment' });
    const most = form === 'lines' || closing === undefined ? undefined : closing.bytes + (closing.recovered?.torn ?? 0);
    const checked = verifySegment(
      { name, shown, n, previous, heads: own, bytes: most },
      (finding) => void findings.push(finding),
    );
    total.lines += checked.lines;
    total.bytes += checked.bytes;
    findings.push(...ends(shown, checked, closing, own.at(-1)));
    findings.push(...indexFinding(name, closing));
    notes.push(...notesOf(shown, checked, closing));
    n = closing === undefined ? checked.n + 1 : closing.n + 1;
    previous = closing?.chain ?? checked.chain;
  }
  for (const file of options.anchors ?? []) findings.push(...checkAnchors(file, directory, last));
  return { findings, notes, segments: segments.length, heads: heads.count, firstKey: heads.firstKey, ...total };
}

/** Segments up to the open one, in their order. */
function knownSegments(segments: readonly number[], open: number): readonly number[] {
  return [...new Set(segments)].filter((one) => one >= 1 && one <= open).sort((a, b) => a - b);
}

function goneSegments(from: number, to: number): readonly Finding[] {
  const where = `${segmentName(from)}.jsonl`;
  return [{ kind: 'removed', where, what: `${numbered('segment', from, to)} removed, with their heads` }];
}

/** What a log says of itself before any head was signed. */
function logOf(name: string): string {
  if (segmentForm(name) !== 'lines') return '';
  const { value } = segmentPieces(name).next();
  return (
    /^\{"castellan":\{"segment":\{"version":1,"log":"([\da-f]{32})"/.exec(
      value?.toString('latin1', 0, 200) ?? '',
    )?.[1] ?? ''
  );
}

function missing(shown: string, n: number | undefined, head: Head | undefined): Finding {
  const which = n === undefined || head === undefined || head.n < n ? '' : `: ${numbered('record', n, head.n)} removed`;
  return { kind: 'removed', where: shown, what: `the segment is missing${which}` };
}

/** What heads say of the end of a segment. */
function ends(
  shown: string,
  checked: { readonly n: number; readonly bytes: number; readonly torn: number; readonly lines: number },
  closing: Head | undefined,
  last: Head | undefined,
): readonly Finding[] {
  const where = `${shown}:${checked.lines + 1}`;
  if (last !== undefined && checked.n < last.n)
    return [{ kind: 'truncated', where, what: `${numbered('record', checked.n + 1, last.n)} removed at the end` }];
  if (closing === undefined) return [];
  if (checked.n > closing.n)
    return [{ kind: 'inserted', where, what: `${numbered('record', closing.n + 1, checked.n)} put in behind the end` }];
  const torn = closing.recovered?.torn ?? 0;
  if (checked.torn !== torn || checked.bytes !== closing.bytes + torn)
    return [{ kind: 'changed', where, what: `the segment ends otherwise than head ${closing.head} says` }];
  return [];
}

function indexFinding(name: string, closing: Head | undefined): readonly Finding[] {
  if (closing?.index === undefined) return [];
  const file = `${name}.idx`;
  const where = `${segmentName(closing.segment)}.idx`;
  if (!existsSync(file)) return [{ kind: 'removed', where, what: 'the index of the segment is missing' }];
  // What is asked of a line takes less than the line.
  if (statSync(file).size > closing.bytes + longest)
    return [{ kind: 'changed', where, what: 'the index is larger than the segment' }];
  return digestOf(file) === closing.index
    ? []
    : [{ kind: 'changed', where, what: 'the index is not what its head signed' }];
}

/** SHA-256 of a file, base64url. */
function digestOf(file: string): string {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(1024 * 1024);
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece))
      hash.update(piece.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('base64url');
}

function notesOf(
  shown: string,
  checked: { readonly unsigned: number; readonly torn: number },
  closing: Head | undefined,
): readonly string[] {
  const notes: string[] = [];
  if (closing?.recovered !== undefined) {
    const { from, torn, broken } = closing.recovered;
    const count = closing.n - from + 1;
    notes.push(
      `${shown}: its process was killed; ${count} lines were signed only at the next start${torn > 0 ? ', and one was cut off' : ''}`,
    );
    if (broken === true) notes.push(`${shown}: at the next start its chain was broken already`);
  } else if (closing === undefined) {
    if (checked.unsigned > 0)
      notes.push(`${shown}: ${checked.unsigned} lines are not signed yet (the process runs, or was killed)`);
    if (checked.torn > 0) notes.push(`${shown}: its last line has no end (the process writes it, or was killed)`);
  }
  return notes;
}
