// The thread that reads a document that was sent.
import { parentPort, workerData } from 'node:worker_threads';
import type { ReadInThread, ToThread } from './read-in-thread.ts';
import { readSentDocument, reasonOf } from './sent-document.ts';

const { sent, now } = workerData as ToThread;
const read: ReadInThread = await readSentDocument(sent, now).catch((error: unknown) => ({ reason: reasonOf(error) }));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
parentPort?.postMessage(read);
