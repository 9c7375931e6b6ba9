import { closeSync, openSync, write } from 'node:fs';
import { CastellanError } from '@castellan/contract';

/** Where events go. */
export interface AuditSink {
  /** One line without its end. Never throws, never waits. */
  write(line: string): void;
  /** Lines that could not be kept because the file took them too slowly or not at all. */
  readonly lost: number;
  /** Resolves when all that was written is in the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Lines are written when there is this much of them, UTF-16 units, or after `delay` milliseconds. */
const batch = 64 * 1024;
const delay = 50;

/** Unwritten text that is kept in memory at most, UTF-16 units. */
const maxPending = 32 * 1024 * 1024;

/**
 * Appends lines to a file (mode 0600), or to standard output for `-`. Lines are gathered and written together, one
 * write at a time, so that a request never waits for the disk.
 * @throws CastellanError `audit-file`
 */
export function openAuditFile(file: string): AuditSink {
  const descriptor = file === '-' ? 1 : open(file);
  let pending: string[] = [];
  let pendingSize = 0;
  let lost = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const drain = async (): Promise<void> => {
    while (pending.length > 0) {
      const text = Buffer.from(`${pending.join('\n')}\n`);
      const lines = pending.length;
      pending = [];
      pendingSize = 0;
      if (!(await writeAll(descriptor, text))) lost += lines;
    }
  };
  const start = (): Promise<void> => {
    writing ??= drain().finally(() => {
      writing = undefined;
    });
    return writing;
  };
  const due = (): void => {
    timer = undefined;
    void start();
  };
  const flush = async (): Promise<void> => {
    while (pending.length > 0 || writing !== undefined) await start();
  };

  return {
    get lost() {
      return lost;
    },
    write(line) {
      if (pendingSize + line.length > maxPending) {
        lost += 1;
        return;
      }
      pending.push(line);
      pendingSize += line.length;
      if (pendingSize >= batch) void start();
      else if (timer === undefined) timer = setTimeout(due, delay);
    },
    flush,
    async close() {
      clearTimeout(timer);
      await flush();
      if (descriptor !== 1) closeSync(descriptor);
    },
  };
}

function open(file: string): number {
  try {
    return openSync(file, 'a', 0o600);
  } catch (cause) {
    throw new CastellanError({
      code: 'audit-file',
      message: `the audit file cannot be opened (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a file in a folder that this process may write to',
      cause,
    });
  }
}

async function writeAll(descriptor: number, bytes: Buffer): Promise<boolean> {
  if (descriptor === 1) {
    return new Promise((resolve) => {
      process.stdout.write(bytes, (error) => resolve(error === null || error === undefined));
    });
  }
  let offset = 0;
  while (offset < bytes.length) {
    const written = await new Promise<number>((resolve) => {
      write(descriptor, bytes, offset, bytes.length - offset, null, (error, count) =>
        resolve(error === null ? count : -1),
      );
    });
    if (written < 0) return false;
    offset += written;
  }
  return true;
}
