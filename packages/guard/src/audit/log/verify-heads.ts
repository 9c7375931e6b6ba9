import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from './directory.ts';
import { headsFile, lastHeadFile, type Head } from './format.ts';
import { headHash, keyId, readHead } from './signing.ts';
import type { Finding } from './verify.ts';

/** The heads of a log, and what is wrong with them. */
export interface CheckedHeads {
  /** Those whose signature is good, in their order. */
  readonly heads: readonly Head[];
  readonly findings: readonly Finding[];
  /** Id of the key that signed the first. */
  readonly firstKey: string | undefined;
}

/**
 * Checks the list of heads: each is signed by the key that the ones before it name, and none is missing.
 * @param trusted id of the first key, as it was written down when the log began; the list's own where not given
 */
export function verifyHeads(directory: string, trusted: string | undefined): CheckedHeads {
  const findings: Finding[] = [];
  const heads: Head[] = [];
  const keys = new Map<string, string>();
  const { lines, torn } = linesOf(join(directory, headsFile));
  let previous = '';
  let expected = 1;
  const find = (where: string, kind: Finding['kind'], what: string): void => void findings.push({ kind, where, what });
  const where = (line: number): string => `${headsFile}:${line + 1}`;
  lines.forEach((line, at) => {
    // A line that a killed process left half is followed by the head that its successor wrote.
    if (readHead(line, () => undefined) === undefined) {
      const next = lines.slice(at + 1).map((one) => readHead(one, () => undefined)?.head)[0];
      if (next?.head === expected && next.recovered !== undefined && !line.endsWith('}')) return;
      return find(where(at), 'changed', `this is no head: head ${expected} was changed, or a line was inserted`);
    }
    const read = readHead(line, (head) => {
      if (keys.size === 0 && head.publicKey !== undefined && keyId(head.publicKey) === (trusted ?? head.key))
        keys.set(head.key, head.publicKey);
      return keys.get(head.key);
    });
    if (read === undefined) return;
    const { head, good } = read;
    if (head.head !== expected) {
      if (head.head > expected) find(where(at), 'removed', `${numbered('head', expected, head.head - 1)} removed`);
      else find(where(at), 'misplaced', `head ${head.head} stands where head ${expected} should be`);
    } else if (head.previous !== previous)
      find(where(at), 'changed', `head ${head.head} does not follow the line before it`);
    if (good) heads.push(head);
    else find(where(at), 'changed', `head ${head.head} is not signed by the key of this log (${head.key})`);
    if (good && head.next !== undefined) keys.set(keyId(head.next), head.next);
    previous = headHash(line);
    expected = Math.max(expected, head.head) + 1;
  });
  checkLast(directory, lines, torn, find);
  // A process that is killed leaves the beginning of the next head, and nothing else.
  const begun = `{"head":${expected},`;
  if (torn !== '' && !torn.startsWith(begun) && !begun.startsWith(torn))
    find(where(lines.length), 'changed', 'behind the last head stands what is none');
  const first = keys.keys().next().value;
  if (trusted !== undefined && first !== trusted)
    find(headsFile, 'changed', `the first head is not signed by the trusted key ${trusted}`);
  return { heads, findings, firstKey: first };
}

/** The copy of the last head: it may be one behind where a process was killed between the two. */
function checkLast(
  directory: string,
  lines: readonly string[],
  torn: string,
  find: (where: string, kind: Finding['kind'], what: string) => void,
): void {
  const file = join(directory, lastHeadFile);
  if (!existsSync(file)) {
    if (lines.length > 0) find(lastHeadFile, 'removed', 'the copy of the last head is missing');
    return;
  }
  const text = readFileSync(file, 'utf8');
  const at = lines.lastIndexOf(text.slice(0, -1));
  if (text.endsWith('\n') && at !== -1 && at >= lines.length - 2) return;
  const copy = readHead(text.trimEnd(), () => undefined)?.head.head;
  const last = lines.map((line) => readHead(line, () => undefined)?.head.head ?? 0).reduce((a, b) => Math.max(a, b), 0);
  if (copy !== undefined && copy > last)
    find(
      headsFile,
      'truncated',
      `${numbered('head', last + 1, copy)} missing at the end${torn === '' ? '' : ', and the last line has no end'}`,
    );
  else find(lastHeadFile, 'changed', 'it is not the last head');
}

export function numbered(what: string, from: number, to: number): string {
  return from === to ? `${what} ${from} was` : `${what}s ${from} to ${to} were`;
}
