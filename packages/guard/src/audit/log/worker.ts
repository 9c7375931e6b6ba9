// The thread that writes an audit log.
import { parentPort } from 'node:worker_threads';
import type { ToWriter } from './messages.ts';
import { compileWriting } from './writing.ts';

const handle = compileWriting((message, transfer = []) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  parentPort?.postMessage(message, [...transfer]);
});
parentPort?.on('message', (message: ToWriter) => handle(message));
