import { CastellanError } from '@castellan/contract';
import type { GatewaySetup } from './configuration/read-options.ts';

/** What a gateway has open from its start to its end. */
const fixed = ['port', 'host', 'tls', 'context', 'contextToken', 'admin', 'detect'] as const;

/**
 * Refuses other options for what cannot be changed while the gateway runs.
 * @throws CastellanError `needs-restart`
 */
export function requireNoRestart(before: GatewaySetup, next: GatewaySetup): void {
  const other =
    fixed.find((name) => JSON.stringify(before.options[name]) !== JSON.stringify(next.options[name])) ??
    (before.timeouts.send === next.timeouts.send ? undefined : 'timeouts.send');
  if (other === undefined) return;
  throw new CastellanError({
    code: 'needs-restart',
    message: `${other} is another than at the start`,
    mend: 'start again to have it in force',
  });
}
