import type { GuardCore } from '../core.ts';
import { KnownEnforcement } from '../enforcement/known.ts';
import type { Settings } from '../options.ts';
import type { ReadOptions } from '../read-options.ts';
import type { Reporter } from './reporter.ts';

/** The guard as it is now: a reload changes it. */
export interface Running {
  readonly core: GuardCore;
  readonly options: ReadOptions;
  readonly settings: Settings;
}

/** What reports to the registry, where the options name one; otherwise nothing of it is loaded. */
export async function reporterOf(
  { registry, audit }: ReadOptions,
  clock: () => number,
  running: () => Running,
): Promise<Reporter | undefined> {
  if (registry === undefined) return undefined;
  const { Reporter: Made } = await import('./reporter.ts');
  return new Made(
    registry,
    {
      contract: () => running().core.contract,
      mode: () => running().settings.mode,
      environment: () => running().options.environment,
      authentication: () => running().options.authentication,
      audit: audit !== undefined,
      enforcement: new KnownEnforcement(() => running().core),
      announced: running().core.announced,
    },
    clock,
  );
}
