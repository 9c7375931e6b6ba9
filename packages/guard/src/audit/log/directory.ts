import { readdirSync } from 'node:fs';
import { CastellanError } from '@castellan/contract';
import { headsFile, segmentNumber } from './format.ts';

/**
 * The segments of a log, by number.
 * @throws CastellanError `no-audit-log`
 */
export function segmentsIn(directory: string): readonly number[] {
  let files: readonly string[];
  try {
    files = readdirSync(directory);
  } catch (cause) {
    throw noLog(directory, cause);
  }
  if (!files.includes(headsFile) && !files.some((file) => segmentNumber(file) !== undefined)) throw noLog(directory);
  return [...new Set(files.flatMap((file) => segmentNumber(file) ?? []))].sort((a, b) => a - b);
}

function noLog(directory: string, cause?: unknown): CastellanError {
  return new CastellanError({
    code: 'no-audit-log',
    message: isBarred(cause) ? 'this process may not read the folder' : 'there is no audit log in this folder',
    place: { file: directory },
    mend: isBarred(cause) ? 'read it as a user who may' : 'name the folder of audit: { dir }',
    cause,
  });
}

const isBarred = (cause: unknown): boolean =>
  ['EACCES', 'EPERM'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
