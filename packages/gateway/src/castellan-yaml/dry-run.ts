import { createGuard, type Guard } from '@castellan/guard';
import { requireClientCa } from '../client-ca.ts';
import { guardDefaults } from '../guard-defaults.ts';
import { readGatewayOptions } from '../configuration/read-options.ts';
import type { GatewayOptions } from '../options.ts';

/** What a guard would be, without its life: nothing is opened, written, sent or asked. */
export interface DryRun {
  readonly contract: Guard['contract'];
  readonly settings: Guard['settings'];
  readonly notices: Guard['notices'];
}

/**
 * Compiles what a gateway would run with these options, as its start does, and lets go of it: contract, overlays, policies,
 * entities, authentication.
 * @throws CastellanError what `startGateway` would throw because of them
 */
export async function dryRun(options: GatewayOptions): Promise<DryRun> {
  const { guard: given, options: read } = readGatewayOptions(options);
  const { audit, state: _state, registry: _registry, telemetry: _telemetry, forward: _forward, ...more } = given;
  const { learn: _learn, revocation: _revocation, bans: _bans, facts: _facts, ...kept } = more;
  const guard = await createGuard({
    ...guardDefaults,
    resolver: () => Promise.resolve({ failed: 'unavailable', log: 'nothing runs' }),
    ask: () => Promise.resolve({ failed: 'nothing runs' }),
    ...kept,
    watch: false,
    // Whether events are kept is a notice.
    ...(audit === undefined ? {} : { onEvent: () => undefined }),
  });
  try {
    if (read.clientCertificate !== 'header') requireClientCa(guard, read.tls?.clientCa);
    const { contract, settings, notices } = guard;
    return { contract, settings, notices };
  } finally {
    await guard.end();
  }
}
