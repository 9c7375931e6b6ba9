import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { CastellanError } from '@castellan/contract';

type Done = 'read' | 'written' | 'opened';

/** What the system says of a file or folder that a command was given, and what to do about it. */
const refusals: Readonly<Record<string, (done: Done) => readonly [what: string, fix: string]>> = {
  EACCES: (done) => [`may not be ${done} by this user`, right(done)],
  EPERM: (done) => [`may not be ${done} by this user`, right(done)],
  EROFS: () => ['cannot be written: the file system is read-only', 'name another place'],
  ENOSPC: () => ['cannot be written: the disk is full', 'free some space, or name another place'],
  EDQUOT: () => ['cannot be written: the quota of this user is used up', 'free some space, or name another place'],
  EISDIR: () => ['is a folder', 'name a file'],
  ENOTDIR: (done) => [`cannot be ${done}: a part of its path is no folder`, 'check the path'],
  EEXIST: () => ['cannot be made: there is a file of this name', 'name another place'],
  ENOENT: (done) =>
    done === 'written'
      ? ['cannot be written: its folder does not exist', 'make the folder, or check the path']
      : ['does not exist', 'check the path'],
  ENAMETOOLONG: () => ['has too long a name', 'name another place'],
  ELOOP: () => ['cannot be followed: its symbolic links lead in a circle', 'check the path'],
  EMFILE: () => ['cannot be opened: this process has too many files open', 'raise the limit: ulimit -n'],
};

function right(done: Done): string {
  return done === 'read' ? 'give this user the right to it' : 'give this user the right to it, or name another place';
}

const reads = new Set(['stat', 'lstat', 'scandir', 'read', 'readlink', 'realpath', 'access', 'opendir']);

/**
 * What the file system refused, as one line with the file and the fix: the last resort of every command, so that a folder
 * without rights or a full disk is bad input and no failure of Castellan.
 * @param error what a command threw
 * @param cwd the folder that the file is shown relative to
 * @returns undefined where it is nothing that the system said of a file
 */
export function fileRefused(error: unknown, cwd: string): CastellanError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', path, syscall = '' } = error as NodeJS.ErrnoException;
  if (!Object.hasOwn(refusals, code) || typeof path !== 'string') return undefined;
  const [message = '', mend = ''] = refusals[code]?.(doneWith(error, syscall)) ?? [];
  const near = relative(cwd, path);
  return new CastellanError({
    code: 'file-refused',
    message: `it ${message}`,
    place: { file: near === '' || near.startsWith('..') ? path : near },
    mend,
    cause: error,
  });
}

/** `open` is how files are read and how they are written: the stack says which, where it says anything. */
function doneWith({ stack = '' }: Error, syscall: string): Done {
  if (syscall !== 'open') return reads.has(syscall) ? 'read' : 'written';
  if (/\bwriteFile|\bappendFile|\bcreateWriteStream/.test(stack)) return 'written';
  return /\breadFile|\bcreateReadStream/.test(stack) ? 'read' : 'opened';
}

/** The text of a file. Of a folder in its place Node does not say which it is; here the error has its path. */
export function textOfFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}
