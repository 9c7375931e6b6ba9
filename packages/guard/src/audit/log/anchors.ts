import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { existsSync } from 'node:fs';
import { linesOf } from './directory.ts';
import { headsFile, type Head } from './format.ts';
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
  const known = new Set(linesOf(join(directory, headsFile)).lines);
  return linesOf(file).lines.flatMap((line, at) => {
    if (line === '' || known.has(line)) return [];
    const head = readHead(line, () => undefined)?.head;
    const where = `${file}:${at + 1}`;
    if (head === undefined) return [{ kind: 'changed' as const, where, what: 'this is no head' }];
    return [
      head.head > (last?.head ?? 0)
        ? { kind: 'truncated' as const, where, what: `the log ends before head ${head.head}, which was anchored` }
        : { kind: 'changed' as const, where, what: `head ${head.head} of the log is another than was anchored` },
    ];
  });
}
