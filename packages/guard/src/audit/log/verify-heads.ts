import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { headsFile, lastHeadFile, type Head } from './format.ts';
import { linesIn, type FileLine } from './long-file.ts';
import { headHash, HeadKeys, keyId, readHead } from './signing.ts';
import type { Finding } from './verify.ts';

/** The heads of a log, and what is wrong with them. They may be many: those of one segment are read when they are asked for. */
export interface CheckedHeads {
  /** How many have a good signature, and the last of them. */
  readonly count: number;
  readonly last: Head | undefined;
  /** The segments that good heads are about, in their order; and those that heads say were removed. */
  readonly segments: readonly number[];
  readonly removed: ReadonlySet<number>;
  readonly findings: readonly Finding[];
  /** Id of the key that signed the first. */
  readonly firstKey: string | undefined;
  /** Good heads that are about a segment, in their order. */
  of(segment: number): readonly Head[];
}

/** Findings of the list at most: noise is none. */
const most = 100;
/** Bytes of the copy of the last head at most. */
const longestCopy = 1024 * 1024;

/**
 * Checks the list of heads: each is signed by the key that the ones before it name, and none is missing.
 * @param trusted id of the first key, as it was written down when the log began; the list's own where not given
 */
export function verifyHeads(directory: string, trusted: string | undefined): CheckedHeads {
  const file = join(directory, headsFile);
  const findings: Finding[] = [];
  const keys = new HeadKeys();
  const ranges = new Map<number, { from: number; to: number }>();
  const bad = new Set<number>();
  const removed = new Set<number>();
  let firstKey: string | undefined;
  let count = 0;
  let last: Head | undefined;
  let previous = '';
  let expected = 1;
  let highest = 0;
  let number = 0;
  let torn = '';
  let recent: readonly string[] = [];
  const find = (where: string, kind: Finding['kind'], what: string): void => {
    if (findings.length < most) findings.push({ kind, where, what });
  };
  const check = (line: FileLine, next: FileLine | undefined): void => {
    const where = `${headsFile}:${number}`;
    const { text } = line;
    recent = [...recent.slice(-1), text];
    const read = readHead(text, (head) => {
      if (firstKey === undefined && head.publicKey !== undefined && keyId(head.publicKey) === (trusted ?? head.key)) {
        firstKey = head.key;
        keys.add(head.publicKey);
      }
      return keys.get(head.key);
    });
    if (read === undefined) {
      // A line that a killed process left half is followed by the head that its successor wrote.
      const after = next === undefined ? undefined : readHead(next.text, () => undefined)?.head;
      if (after?.head === expected && after.recovered !== undefined && !text.endsWith('}')) return;
      return find(where, 'changed', `this is no head: head ${expected} was changed, or a line was inserted`);
    }
    const { head, good } = read;
    highest = Math.max(highest, head.head);
    if (head.head !== expected) {
      if (head.head > expected) find(where, 'removed', `${numbered('head', expected, head.head - 1)} removed`);
      else find(where, 'misplaced', `head ${head.head} stands where head ${expected} should be`);
    } else if (head.previous !== previous)
      find(where, 'changed', `head ${head.head} does not follow the line before it`);
    const isLater = last === undefined || head.segment >= last.segment;
    if (good && isLater) {
      count += 1;
      last = head;
      for (const one of head.removed ?? []) removed.add(one);
      const range = ranges.get(head.segment);
      if (range === undefined) ranges.set(head.segment, { from: line.from, to: line.to });
      else range.to = line.to;
      if (head.next !== undefined) keys.add(head.next);
    } else {
      bad.add(line.from);
      find(
        where,
        good ? 'misplaced' : 'changed',
        good
          ? `head ${head.head} is about a segment before that of the head before it`
          : `head ${head.head} is not signed by the key of this log (${String(head.key).slice(0, 64)})`,
      );
    }
    previous = headHash(text);
    expected = Math.max(expected, head.head) + 1;
  };
  let waiting: FileLine | undefined;
  for (const line of linesIn(file)) {
    if (waiting !== undefined) {
      number += 1;
      check(waiting, line.ends ? line : undefined);
    }
    waiting = line;
  }
  if (waiting?.ends === true) {
    number += 1;
    check(waiting, undefined);
  } else torn = waiting?.text ?? '';
  checkLast(directory, recent, { highest, torn }, find);
  // A process that is killed leaves the beginning of the next head, and nothing else.
  const begun = `{"head":${expected},`;
  if (torn !== '' && !torn.startsWith(begun) && !begun.startsWith(torn))
    find(`${headsFile}:${number + 1}`, 'changed', 'behind the last head stands what is none');
  if (trusted !== undefined && firstKey !== trusted)
    find(headsFile, 'changed', `the first head is not signed by the trusted key ${trusted}`);
  return {
    count,
    last,
    segments: [...ranges.keys()],
    removed,
    findings,
    firstKey,
    of(segment) {
      const range = ranges.get(segment);
      if (range === undefined) return [];
      const heads: Head[] = [];
      for (const { text, from } of linesIn(file, range)) {
        const head = bad.has(from) ? undefined : readHead(text, () => undefined)?.head;
        if (head?.segment === segment) heads.push(head);
      }
      return heads;
    },
  };
}

/** The copy of the last head: it may be one behind where a process was killed between the two. */
function checkLast(
  directory: string,
  recent: readonly string[],
  { highest, torn }: { readonly highest: number; readonly torn: string },
  find: (where: string, kind: Finding['kind'], what: string) => void,
): void {
  const file = join(directory, lastHeadFile);
  if (!existsSync(file)) {
    if (recent.length > 0) find(lastHeadFile, 'removed', 'the copy of the last head is missing');
    return;
  }
  const text = statSync(file).size > longestCopy ? '' : readFileSync(file, 'utf8');
  if (text.endsWith('\n') && recent.includes(text.slice(0, -1))) return;
  const copy = readHead(text.trimEnd(), () => undefined)?.head.head;
  if (copy !== undefined && copy > highest)
    find(
      headsFile,
      'truncated',
      `${numbered('head', highest + 1, copy)} missing at the end${torn === '' ? '' : ', and the last line has no end'}`,
    );
  else find(lastHeadFile, 'changed', 'it is not the last head');
}

export function numbered(what: string, from: number, to: number): string {
  return from === to ? `${what} ${from} was` : `${what}s ${from} to ${to} were`;
}
