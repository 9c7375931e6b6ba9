import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Store } from '../store/open.ts';
import { checkpoint, cleanTables } from './clean.ts';
import { runJob, type Job } from './job.ts';

/** Periodic work that goes on. */
export interface Upkeep {
  /** Does what is due, now. */
  readonly run: () => Promise<void>;
  /** Ends it, after what it is at. */
  readonly stop: () => Promise<void>;
}

export interface UpkeepOptions {
  readonly jobs: readonly Job[];
  /** What this registry is called in the journal of jobs. Default: host, process and something random. */
  readonly holder?: string | undefined;
  /** Is told of a job that failed; it is tried again at the next look. */
  readonly onError: (job: string, error: unknown) => void;
}

/** Milliseconds between two looks at what is due. */
const look = 15_000;
/** Milliseconds between two checkpoints, and between two cleanings, of a PGlite. */
const pauses = { checkpoint: 300_000, clean: 3_600_000 } as const;

/** Does periodic work from now on: of several registries on one store each job once. */
export function startUpkeep(store: Store, { jobs, onError, holder }: UpkeepOptions): Upkeep {
  const name = holder ?? `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`;
  // A start counts as both: it makes a checkpoint, and shall be quick.
  const last = { checkpoint: store.clock(), clean: store.clock() };
  const clean = async (): Promise<void> => {
    if (store.cleansItself) return;
    const now = store.clock();
    if (now - last.clean >= pauses.clean) {
      last.clean = now;
      await cleanTables(store);
    }
    if (now - last.checkpoint >= pauses.checkpoint) {
      last.checkpoint = now;
      await checkpoint(store);
    }
  };
  const all = async (): Promise<void> => {
    for (const job of jobs) await runJob(store, job, name).catch((error: unknown) => onError(job.name, error));
    await clean().catch((error: unknown) => onError('clean', error));
  };
  let running: Promise<void> | undefined;
  const run = (): Promise<void> => (running ??= all().finally(() => (running = undefined)));
  const timer = setInterval(() => void run(), look).unref();
  return {
    run,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
