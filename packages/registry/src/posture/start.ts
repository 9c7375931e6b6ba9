import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { PostureEntry } from '@castellan/gateway/configuration';
import { takeLease } from '../store/lease.ts';
import type { Store } from '../store/open.ts';
import { refreshScores } from './overview.ts';
import type { ApiPosture } from './posture.ts';

/** Milliseconds between two times that all scores are computed. */
const every = 60_000;

/**
 * Computes the scores of all APIs from now on, every minute, by one of the registries of a store. Not in one transaction: others ask
 * meanwhile.
 * @param told gets what the scores were computed from
 * @returns ends it, after what it is at
 */
export function startPosture(
  store: Store,
  entry: PostureEntry | undefined,
  told: (postures: readonly ApiPosture[]) => void = () => undefined,
): () => Promise<void> {
  const holder = `${hostname()} ${process.pid} ${randomUUID()}`;
  let running: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    if (await takeLease(store, 'posture', holder, every * 2)) told((await refreshScores(store, entry)).postures);
  };
  const run = (): void => {
    running ??= once()
      .catch((error: unknown) =>
        process.emitWarning(`the scores of APIs cannot be computed (${String(error)}); it is tried again`, {
          type: 'Castellan',
          code: 'registry-job',
        }),
      )
      .finally(() => (running = undefined));
  };
  const timer = setInterval(run, every).unref();
  setImmediate(run).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
