import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';

/**
 * Takes a folder for this writer alone: two would each write a chain of its own over the other's.
 * @returns gives it back
 * @throws CastellanError `audit-in-use`
 */
export function lockLog(directory: string): () => void {
  const file = join(directory, 'lock');
  const own = `${process.pid} ${startOf(process.pid) ?? ''}`;
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, own, { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = '', start = ''] = textOf(file).split(' ');
    if (attempt > 2 || runs(Number(pid), start))
      throw new CastellanError({
        code: 'audit-in-use',
        message: `process ${pid} writes the audit log of this folder`,
        place: { file: directory },
        mend: 'give each process a folder of its own',
      });
    rmSync(file, { force: true });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether a process runs that began at this time: in a container, the next one has the same number. */
function runs(pid: number, start: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const began = startOf(pid);
  if (began !== undefined && start !== '') return began === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, where the system tells it (proc(5), field 22). */
function startOf(pid: number): string | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
