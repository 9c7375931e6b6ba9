import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { existsSync } from 'node:fs';
import { headsFile, type Head } from './format.ts';
import { linesIn } from './long-file.ts';
import { readHead } from './signing.ts';
import type { Finding } from './verify.ts';

/**
 * Compares a log with heads that were kept elsewhere: each must still stand in the log, letter by letter.
 * @throws CastellanError `unreadable-file`
 */
export function checkAnchors(file: string, directory: string, last: Head | undefined): readonly Finding[] {
  if (!existsSync(file))
    throw new CastellanError({
      code: 'unreadable-file',
      message: 'there is no such file of anchored heads',
      place: { file },
      mend: 'name the file of audit: { anchor: { file } }',
    });
  // One a minute is anchored, one a second is signed: the fewer are held.
  const missing = new Map<string, number>();
  let number = 0;
  for (const { text, ends } of linesIn(file)) {
    number += 1;
    if (ends && text !== '') missing.set(text, number);
  }
  for (const { text, ends } of linesIn(join(directory, headsFile))) if (ends) missing.delete(text);
  return [...missing].map(([line, at]) => {
    const head = readHead(line, () => undefined)?.head;
    const where = `${file}:${at}`;
    if (head === undefined) return { kind: 'changed', where, what: 'this is no head' };
    return head.head > (last?.head ?? 0)
      ? { kind: 'truncated', where, what: `the log ends before head ${head.head}, which was anchored` }
      : { kind: 'changed', where, what: `head ${head.head} of the log is another than was anchored` };
  });
}
