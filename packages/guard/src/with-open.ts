import { CastellanError } from '@castellan/contract';
import type { ReadOptions } from './read-options.ts';

/**
 * Changed options with what stays open from the ones before.
 * @throws CastellanError `needs-restart`
 */
export function withOpen(next: ReadOptions, before: ReadOptions): ReadOptions {
  for (const name of ['audit', 'revocation', 'bans', 'state', 'learn', 'telemetry', 'forward', 'registry'] as const)
    if (JSON.stringify(next[name]) !== JSON.stringify(before[name]))
      throw new CastellanError({
        code: 'needs-restart',
        message: `${name} is another than at the start`,
        mend: 'start again to have it in force',
      });
  const { audit, revocation, bans, state, learn, telemetry, forward, registry, clock, watch, resources } = before;
  const { onEvent, facts, onReload } = before;
  const open = { audit, revocation, bans, state, learn, telemetry, forward, registry, clock, watch, resources };
  return { ...next, ...open, onEvent, facts, onReload };
}
