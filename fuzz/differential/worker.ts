import { parentPort, workerData } from 'node:worker_threads';
import { run, type RunOptions } from './run.ts';

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(await run(workerData as RunOptions));
