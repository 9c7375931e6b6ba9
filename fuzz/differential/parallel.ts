import { Worker } from 'node:worker_threads';
import type { Outcome, RunOptions } from './run.ts';

/** Runs cases `from` to `to` in several threads, each with servers of its own. */
export async function runInParallel(options: RunOptions, threads: number): Promise<Outcome> {
  const share = Math.ceil((options.to - options.from) / threads);
  const outcomes = await Promise.all(
    Array.from({ length: threads }, (_, i) => {
      const from = options.from + i * share;
      return inWorker({ ...options, from, to: Math.min(from + share, options.to) });
    }),
  );
  return {
    cases: outcomes.reduce((sum, outcome) => sum + outcome.cases, 0),
    passed: added(outcomes.map((outcome) => outcome.passed)),
    compared: added(outcomes.map((outcome) => outcome.compared)),
    differences: outcomes.flatMap((outcome) => outcome.differences),
  };
}

function inWorker(options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: options });
    worker.once('message', (outcome: Outcome) => resolve(outcome));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a worker ended with ${code} before it had a result`)));
  });
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const one of counts) for (const [name, count] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
