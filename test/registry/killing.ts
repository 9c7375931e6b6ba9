// Kills registries under load, and counts what they have in the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../real/processes.ts';
import { startRegistry, startReporter, type BusyReporter, type RegistryProcess } from './reporters.ts';

/** What was counted after it all. */
export interface Killed {
  /** Requests that guards saw. */
  readonly seen: number;
  /** Reports that guards gave up. */
  readonly lost: number;
  readonly days: number;
  readonly whole: number;
  readonly callers: number;
  /** Milliseconds: the longest that a request waited for the reporter. */
  readonly slowest: number;
  /** Milliseconds: the slowest start of a registry after a kill. */
  readonly start: number;
}

/**
 * Kills a registry (`kill -9`) again and again while two guards report, and starts it again.
 * @param store its URL; undefined: a PGlite in a folder of its own
 * @param random numbers below 1
 * @param pause milliseconds between two reports: what waits while a registry starts has to be taken by it
 */
export async function killRegistry(
  rounds: number,
  random: () => number,
  store?: string,
  progress: (round: number) => void = () => undefined,
  pause = 20,
): Promise<Killed> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-registry-kill-'));
  const url = store ?? `file:${join(folder, 'store')}`;
  let registry: RegistryProcess | undefined;
  try {
    const port = await freePort();
    let start = 0;
    const started = async (): Promise<RegistryProcess> => {
      const begin = performance.now();
      const made = await startRegistry(url, port);
      start = Math.max(start, performance.now() - begin);
      return made;
    };
    registry = await started();
    const reporters: BusyReporter[] = [];
    for (const [at, api] of ['a', 'b'].entries())
      reporters.push(
        startReporter(
          {
            url: registry.url,
            key: await registry.keyFor(api),
            name: `guard-${at}`,
            directory: join(folder, `reports-${at}`),
          },
          pause,
        ),
      );
    for (let round = 0; round < rounds; round++) {
      await new Promise((resolve) => setTimeout(resolve, random() * 400));
      await registry.kill();
      progress(round + 1);
      registry = await started();
    }
    await Promise.all(reporters.map((one) => one.finish()));
    const [days, whole, callers] = await registry.stop();
    return {
      seen: reporters.reduce((sum, one) => sum + one.seen(), 0),
      lost: reporters.reduce((sum, one) => sum + one.lost(), 0),
      slowest: Math.max(...reporters.map((one) => one.slowest())),
      days,
      whole,
      callers,
      start,
    };
  } finally {
    await registry?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Numbers below 1 that are the same in each run (Park and Miller). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
