import { Worker } from 'node:worker_threads';
import type { Argon2Request } from './argon2.ts';

/** The worker's program: derives what it is sent with `hash-wasm`, one after the other. */
const program = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', async ({ id, message, nonce, memory, passes, parallelism, tagLength }) => {
  try {
    const { argon2id } = await import('hash-wasm');
    const tag = await argon2id({ password: message, salt: nonce, memorySize: memory, iterations: passes,
      parallelism, hashLength: tagLength, outputType: 'binary' });
    parentPort.postMessage({ id, tag });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error) });
  }
});`;

interface Waiting {
  readonly resolve: (tag: Buffer) => void;
  readonly reject: (error: Error) => void;
}

let worker: Worker | undefined;
let next = 0;
const waiting = new Map<number, Waiting>();

/** Derives an Argon2id tag in a worker thread, which is started with the first password and does not keep Node alive. */
export function deriveInWorker(request: Argon2Request): Promise<Buffer> {
  worker ??= start();
  const id = next++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker?.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    worker?.postMessage({ id, ...request });
  });
}

function start(): Worker {
  const started = new Worker(program, { eval: true, env: {}, name: 'castellan-argon2' });
  started.on('message', ({ id, tag, error }: { id: number; tag?: Uint8Array; error?: string }) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) started.unref();
    if (tag === undefined) one?.reject(new Error(error ?? 'no tag'));
    else one?.resolve(Buffer.from(tag));
  });
  started.on('error', (error) => {
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
    worker = undefined;
  });
  started.unref();
  return started;
}
