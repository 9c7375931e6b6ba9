import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CastellanError } from '@castellan/contract';

/** Whether others than its owner may read or write a file; false where it is not there. POSIX modes only. */
export function openToOthers(file: string): boolean {
  try {
    return process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
  } catch {
    return false;
  }
}

/** What to say of a file with secrets that others may read. */
export function openFileMessage(file: string): string {
  return `${file} holds secrets and others can read it; chmod 600 ${file}`;
}

/**
 * Writes a file that only its owner may read, whole or not at all: beside it first, then renamed into place.
 * @throws CastellanError `cannot-write`
 */
export function writePrivateFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const handle = openSync(draft, 'w', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    chmodSync(draft, 0o600);
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cannotWrite(file, cause);
  }
}

/** Milliseconds after which a lock is that of a process which died. */
const staleLock = 10_000;

/**
 * Runs `change` while no other process changes the file.
 * @throws CastellanError `file-locked`, `cannot-write`
 */
export async function withLock<T>(file: string, change: () => T | Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  for (let attempt = 0; !tryLock(file, lock); attempt++) {
    if (attempt >= 100) {
      throw new CastellanError({
        code: 'file-locked',
        message: 'another process has been changing the file for 5 s',
        place: { file },
        mend: `wait for it, or delete ${lock} if nothing runs`,
      });
    }
    await wait(50);
  }
  try {
    return await change();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(file: string, lock: string): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(file, cause);
    try {
      if (Date.now() - statSync(lock).mtimeMs > staleLock) rmSync(lock, { force: true });
    } catch {
      // Another process was faster.
    }
    return false;
  }
}

function cannotWrite(file: string, cause: unknown): CastellanError {
  return new CastellanError({
    code: 'cannot-write',
    message: `the file cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
    place: { file },
    mend: 'name a file in a folder that this process may write to',
    cause,
  });
}
