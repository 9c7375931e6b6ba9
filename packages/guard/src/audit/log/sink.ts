import { CastellanError } from '@castellan/contract';
import type { AuditSink } from '../sink.ts';
import type { Anchoring } from './anchoring.ts';
import type { FromWriter, ToWriter } from './messages.ts';
import { startWriting } from './thread.ts';
import type { LogOptions } from './writer.ts';

/** Where events go that may have to be on the disk before an answer leaves. */
export interface DurableSink extends AuditSink {
  /** Writes a line, and says when it is on the disk: false where the disk does not take it, or not in time. */
  durable(line: string): Promise<boolean>;
}

/** Lines are handed over when there are this many bytes of them, or after `delay` milliseconds. */
const batch = 128 * 1024;
const delay = 20;
const blockSize = batch + 64 * 1024;
/** Buffers that are kept for lines to come. */
const spare = 8;
/** Bytes that wait for the disk at most. */
const maxPending = 32 * 1024 * 1024;
/** Milliseconds that a process which ends waits for its log. */
const lastWait = 5000;
/** Milliseconds between two looks at whether something has to be signed or closed. */
const tickInterval = 1000;

interface Waiting {
  readonly settle: (ok: boolean) => void;
}

/** How lines wait. */
export interface Waits {
  /** Milliseconds that `durable` waits for the disk. */
  readonly timeout: number;
}

/**
 * Opens the audit log of a folder. Lines are gathered here and written by a thread, so that no request waits for the disk that
 * does not ask to; what the thread does not take in time is lost, counted, and noted in the log.
 * @param start starts what writes
 * @throws CastellanError `audit-log`, `audit-in-use`
 */
export async function openAuditLog(
  options: LogOptions,
  waits: Waits,
  anchoring: Anchoring | undefined,
  start: typeof startWriting = startWriting,
): Promise<DurableSink> {
  const shared = new SharedArrayBuffer(4);
  const done = new Int32Array(shared);
  const free: ArrayBuffer[] = [];
  let current = Buffer.from(new ArrayBuffer(blockSize));
  let used = 0;
  let lines = 0;
  let waiting: Waiting[] = [];
  const sent: (readonly Waiting[])[] = [];
  let posted = 0;
  let pending = 0;
  let lost = 0;
  let unsaid = 0;
  let timer: NodeJS.Timeout | undefined;
  let urgent = false;
  let told = false;
  let broken: string | undefined;
  const idle: (() => void)[] = [];
  let opened: (failure: Extract<FromWriter, { kind: 'failed' }> | undefined) => void = () => undefined;
  let closed: () => void = () => undefined;

  const lose = (count: number, why: string): void => {
    lost += count;
    if (told) return;
    told = true;
    process.emitWarning(`audit events are lost: ${options.directory} does not take them (${why}); see to its disk`, {
      type: 'Castellan',
      code: 'audit-lost',
    });
    setTimeout(() => (told = false), 60_000).unref();
  };
  const writing = start(receive, (error) => {
    broken = error.message;
    lose(0, error.message);
    opened({
      kind: 'failed',
      code: 'audit-log',
      message: `the audit log cannot be opened (${error.message})`,
      mend: 'see the cause',
    });
    for (const one of [...sent.splice(0).flat(), ...waiting.splice(0)]) one.settle(false);
    pending = 0;
    wake();
    closed();
  });
  function post(message: ToWriter, transfer?: readonly ArrayBuffer[]): void {
    posted += 1;
    writing.post(message, transfer);
  }
  function wake(): void {
    writing.hold(false);
    for (const one of idle.splice(0)) one();
  }
  function receive(message: FromWriter): void {
    if (message.kind === 'written') {
      pending -= message.used;
      if (free.length < spare && message.bytes.byteLength === blockSize) free.push(message.bytes);
      if (!message.ok) lose(message.lost, 'it cannot be written');
      for (const one of sent.shift() ?? []) one.settle(message.ok);
      if (waiting.length > 0) send();
      if (sent.length === 0 && used === 0) wake();
    } else if (message.kind === 'head') void anchoring?.(message.line);
    else if (message.kind === 'opened') opened(undefined);
    else if (message.kind === 'failed') opened(message);
    else closed();
  }
  function send(): void {
    urgent = false;
    clearTimeout(timer);
    timer = undefined;
    if (used === 0) return;
    if (unsaid > 0) post({ kind: 'lose', lines: unsaid });
    unsaid = 0;
    const bytes = current.buffer as ArrayBuffer;
    sent.push(waiting);
    writing.hold(true);
    const message = { kind: 'lines' as const, bytes, used, lines };
    waiting = [];
    current = Buffer.from(free.pop() ?? new ArrayBuffer(blockSize));
    used = lines = 0;
    post(message, [bytes]);
  }
  function append(text: string, count: number): boolean {
    // A UTF-16 unit has three bytes of UTF-8 at most.
    const most = text.length * 3 + 1;
    if (broken !== undefined || pending + most > maxPending) {
      unsaid += count;
      lose(count, broken ?? 'it takes them too slowly');
      return false;
    }
    if (used + most > current.length) {
      send();
      if (most > current.length) current = Buffer.from(new ArrayBuffer(most));
    }
    const length = current.write(text, used, 'utf8');
    current[used + length] = 0x0a;
    used += length + 1;
    lines += count;
    pending += length + 1;
    return true;
  }
  const flush = async (): Promise<void> => {
    send();
    while (sent.length > 0 && broken === undefined) await new Promise<void>((resolve) => idle.push(resolve));
  };

  const failure = await new Promise<Extract<FromWriter, { kind: 'failed' }> | undefined>((resolve) => {
    opened = resolve;
    writing.hold(true);
    post({ kind: 'open', options, done: shared });
  });
  writing.hold(false);
  if (failure !== undefined) {
    writing.stop();
    const { code, message, mend } = failure;
    throw new CastellanError({ code, message, place: { file: options.directory }, mend });
  }
  const ticking = setInterval(() => post({ kind: 'tick' }), tickInterval).unref();

  return {
    write(text, count = 1) {
      if (!append(text, count)) return;
      if (used >= batch) send();
      else if (timer === undefined) timer = setTimeout(send, delay);
    },
    durable(line) {
      if (!append(line, 1)) return Promise.resolve(false);
      return new Promise((resolve) => {
        const late = setTimeout(() => resolve(false), waits.timeout);
        waiting.push({
          settle(ok) {
            clearTimeout(late);
            resolve(ok);
          },
        });
        // What comes while the disk is busy goes to it together.
        if (sent.length > 0 || urgent) return;
        urgent = true;
        setImmediate(send);
      });
    },
    flush,
    reopen: flush,
    get lost() {
      return lost;
    },
    finish() {
      send();
      writing.wait(done, posted, lastWait);
    },
    async close() {
      clearInterval(ticking);
      await flush();
      if (broken === undefined)
        await new Promise<void>((resolve) => {
          closed = resolve;
          writing.hold(true);
          post({ kind: 'close' });
        });
      writing.stop();
      await anchoring?.(undefined);
    },
  };
}
