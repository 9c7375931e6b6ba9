import { closeSync, fstatSync, openSync, readSync, statSync, write, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';

/** Where events go. */
export interface AuditSink {
  /**
   * Never throws, never waits.
   * @param text a line without its end, or several with line ends between them: one text costs much less than its lines one by one
   * @param lines how many they are, 1 where not given
   */
  write(text: string, lines?: number): void;
  /** Resolves when all that was written is in the file. */
  flush(): Promise<void>;
  /** Opens the file anew where another or none has its name now, and resolves when all that was written is in it. Never rejects. */
  reopen(): Promise<void>;
  /** Lines that were lost so far. */
  readonly lost: number;
  /** Writes at once, waiting for the disk: for the end of a process, which waits for nothing else. */
  finish(): void;
  close(): Promise<void>;
}

/** Lines are written when there are this many bytes of them, or after `delay` milliseconds. */
const batch = 256 * 1024;
const delay = 30;

/** Bytes of one block. Lines go into blocks as they come, so that none of them lives on as a string. */
const blockSize = batch + 64 * 1024;

/** Blocks that are kept for lines to come; more are made while the file is slow. */
const spare = 4;

const lineEnd = 0x0a;

/** Unwritten bytes that are kept in memory at most. */
const maxPending = 32 * 1024 * 1024;

interface Block {
  readonly bytes: Buffer;
  used: number;
  lines: number;
}

function newBlock(size = blockSize): Block {
  return { bytes: Buffer.allocUnsafeSlow(size), used: 0, lines: 0 };
}

/**
 * Appends lines to a file (mode 0600), or to standard output for `-`. Lines are gathered and written together, one
 * write at a time, so that a request never waits for the disk. A file that was renamed or removed, as log rotation does,
 * is left for a new one of the name before the next write.
 * @throws CastellanError `audit-file`
 */
export function openAuditFile(file: string): AuditSink {
  let descriptor = file === '-' ? 1 : open(file);
  const full: Block[] = [];
  const free: Block[] = [];
  let current = newBlock();
  let pending = 0;
  let told = false;
  let lost = 0;
  /** The file ends with half a line. */
  let torn = descriptor !== 1 && isTorn(file);
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** Told at once, and again after a minute at the earliest: a full disk would fill the other log as well. */
  const tell = (message: string, code: string): void => {
    if (told) return;
    told = true;
    process.emitWarning(message, { type: 'Castellan', code });
    setTimeout(() => (told = false), 60_000).unref();
  };
  const lose = (why: string, lines: number): void => {
    lost += lines;
    tell(`audit events are lost: ${file} does not take them (${why}); see to its disk`, 'audit-lost');
  };
  const follow = async (): Promise<void> => {
    if (descriptor === 1) return;
    const stale = await isAnother(file, descriptor);
    if (!stale) return;
    try {
      const next = open(file);
      closeSync(descriptor);
      descriptor = next;
      torn = isTorn(file);
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      tell(`${error.what}; events go on to the file that had its name`, 'audit-renamed');
    }
  };
  const next = (): Block | undefined => {
    const block = full.shift();
    if (block !== undefined || current.used === 0) return block;
    const last = current;
    current = free.pop() ?? newBlock();
    return last;
  };
  const drain = async (): Promise<void> => {
    await follow();
    for (let block = next(); block !== undefined; block = next()) {
      // Half a line that a full disk left must not swallow the next one.
      if (torn && (await writeAll(descriptor, Buffer.from('\n'))).problem === undefined) torn = false;
      const bytes = block.bytes.subarray(0, block.used);
      const { problem, written } = torn ? { problem: 'it is full', written: 0 } : await writeAll(descriptor, bytes);
      if (problem !== undefined) {
        torn ||= written > 0 && bytes[written - 1] !== lineEnd;
        lose(problem, block.lines - linesIn(bytes.subarray(0, written)));
      }
      pending -= block.used;
      block.used = 0;
      block.lines = 0;
      if (free.length < spare && block.bytes.length === blockSize) free.push(block);
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
    while (pending > 0 || writing !== undefined) await start();
  };
  const append = (text: string, lines: number): void => {
    const { bytes, used } = current;
    const length = bytes.write(text, used, 'utf8');
    bytes[used + length] = lineEnd;
    current.used = used + length + 1;
    current.lines += lines;
    pending += length + 1;
  };

  return {
    write(text, lines = 1) {
      // A UTF-16 unit has three bytes of UTF-8 at most.
      const most = text.length * 3 + 1;
      if (pending + most > maxPending) {
        lose('it takes them too slowly', lines);
        return;
      }
      if (current.used + most > current.bytes.length) {
        if (current.used > 0) full.push(current);
        current = most > blockSize ? newBlock(most) : (free.pop() ?? newBlock());
      }
      append(text, lines);
      if (pending >= batch) void start();
      else if (timer === undefined) timer = setTimeout(due, delay);
    },
    flush,
    async reopen() {
      await flush();
      await start();
    },
    get lost() {
      return lost;
    },
    finish() {
      // What is being written stays with the thread that writes it; Node waits for that.
      for (let block = next(); block !== undefined; block = next()) writeNow(descriptor, block);
    },
    async close() {
      clearTimeout(timer);
      await flush();
      if (descriptor !== 1) closeSync(descriptor);
    },
  };
}

/** Whether the name leads to another file than the one that is open, or to none. */
async function isAnother(file: string, descriptor: number): Promise<boolean> {
  const opened = fstatSync(descriptor);
  try {
    const named = await stat(file);
    return named.ino !== opened.ino || named.dev !== opened.dev;
  } catch {
    return true;
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'a', 0o600);
  } catch (cause) {
    throw new CastellanError({
      code: 'audit-file',
      message: `the audit file cannot be opened (${codeOf(cause as NodeJS.ErrnoException)})`,
      place: { file },
      mend: 'name a file in a folder that this process may write to',
      cause,
    });
  }
}

function writeNow(descriptor: number, { bytes, used }: Block): void {
  try {
    for (let offset = 0; offset < used;) offset += writeSync(descriptor, bytes, offset, used - offset);
  } catch {
    // The process ends; nobody is left to be told.
  }
}

/** How much of it could be written, and why not all. */
async function writeAll(
  descriptor: number,
  bytes: Buffer,
): Promise<{ readonly problem?: string | undefined; readonly written: number }> {
  if (descriptor === 1) {
    return new Promise((resolve) => {
      process.stdout.write(bytes, (error) =>
        resolve(
          error === null || error === undefined
            ? { written: bytes.length }
            : { problem: codeOf(error as NodeJS.ErrnoException), written: 0 },
        ),
      );
    });
  }
  let offset = 0;
  while (offset < bytes.length) {
    const written = await new Promise<number | string>((resolve) => {
      write(descriptor, bytes, offset, bytes.length - offset, null, (error, count) =>
        resolve(error === null ? count : codeOf(error)),
      );
    });
    if (typeof written === 'string') return { problem: written, written: offset };
    offset += written;
  }
  return { written: offset };
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, at + 1)) lines += 1;
  return lines;
}

/** Whether a file ends with half a line: a process was killed while it wrote it. What is no file (a pipe) does not. */
function isTorn(file: string): boolean {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== lineEnd;
  } catch {
    // It may be written and not read: then nobody knows.
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? 'unknown';
}
