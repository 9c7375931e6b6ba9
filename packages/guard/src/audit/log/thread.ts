import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromWriter, ToWriter } from './messages.ts';
import { compileWriting } from './writing.ts';

/** What writes a log, wherever it runs. */
export interface Writing {
  post(message: ToWriter, transfer?: readonly ArrayBuffer[]): void;
  /** Waits until this many messages were done, because the process ends. @param limit milliseconds */
  wait(done: Int32Array, messages: number, limit: number): void;
  /** Whether it keeps the process alive. */
  hold(on: boolean): void;
  stop(): void;
}

/**
 * Starts what writes a log: a thread, because it hashes, signs, compresses and waits for the disk. A bundle has no file for a
 * thread; it is done in this one then.
 */
export function startWriting(tell: (message: FromWriter) => void, broke: (error: Error) => void): Writing {
  const file = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  if (file.protocol !== 'file:' || !existsSync(fileURLToPath(file))) {
    const handle = compileWriting(tell);
    return { post: handle, wait: () => undefined, hold: () => undefined, stop: () => undefined };
  }
  const worker = new Worker(file, { name: 'castellan-audit' });
  worker.on('message', tell);
  worker.on('error', broke);
  worker.unref();
  return {
    post(message, transfer = []) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
      worker.postMessage(message, [...transfer]);
    },
    wait(done, messages, limit) {
      const until = performance.now() + limit;
      for (;;) {
        const now = Atomics.load(done, 0);
        const left = until - performance.now();
        if (now >= messages || left <= 0 || Atomics.wait(done, 0, now, left) === 'timed-out') return;
      }
    },
    hold: (on) => (on ? worker.ref() : worker.unref()),
    stop: () => void worker.terminate(),
  };
}
