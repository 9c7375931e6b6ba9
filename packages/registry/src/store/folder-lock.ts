import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';

/**
 * Keeps a folder for this process: two processes on one PGlite would damage it. The lock of a process that is gone is taken over.
 * @returns gives it back
 * @throws CastellanError `store-in-use`
 */
export function lockFolder(folder: string, pid: number = process.pid): () => void {
  const file = join(folder, 'lock');
  const made = `${file}.${pid}.${startOf(pid)}`;
  const content = `${pid} ${startOf(pid)}\n`;
  writeFileSync(made, content, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        linkSync(made, file);
        return () => {
          if (read(file) === content) rmSync(file, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const held = read(file);
      const [holder = '', started = ''] = held?.trim().split(' ') ?? [];
      if (held !== undefined && isAlive(Number(holder), started)) throw inUse(folder, holder);
      discard(file, held, made);
    }
    throw inUse(folder, 'another');
  } finally {
    rmSync(made, { force: true });
  }
}

/** Takes a stale lock away; one that somebody took in between is put back. */
function discard(file: string, held: string | undefined, made: string): void {
  const aside = `${made}.stale`;
  try {
    renameSync(file, aside);
    if (held !== undefined && read(aside) !== held) linkSync(aside, file);
  } catch {
    // Somebody else was faster: the next attempt sees what stands there.
  }
  rmSync(aside, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** When a process started, as the kernel counts it: numbers of processes are used again. Empty where nothing tells. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isAlive(pid: number, started: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}

function inUse(folder: string, holder: string): CastellanError {
  return new CastellanError({
    code: 'store-in-use',
    message: `process ${holder} has the store open`,
    place: { file: folder },
    mend: 'end that one, or give both a PostgreSQL (postgres://…), which takes several at once',
  });
}
