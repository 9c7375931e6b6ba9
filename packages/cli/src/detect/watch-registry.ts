import { setTimeout as wait } from 'node:timers/promises';
import { printable } from '@castellan/assess/printable';
import { registryRequests, type RegistryAddress } from '@castellan/registry';
import type { Terminal } from '../verb.ts';

interface Listed {
  readonly id: string;
  readonly status: string;
  readonly updated: string;
  readonly text: string;
}

/** Milliseconds between two looks. */
const pause = 2_000;
/** Incidents that are looked at: those that began last. */
const latest = 200;

/**
 * Prints the incidents of a registry, and each again when it changes.
 * @param once ends after the first look
 */
export async function watchRegistry(address: RegistryAddress, { out, signal }: Terminal, once: boolean): Promise<void> {
  const registry = registryRequests(address);
  const seen = new Map<string, string>();
  while (!signal.aborted) {
    const { incidents } = await registry.get<{ incidents: readonly Listed[] }>(`incidents?limit=${latest}`);
    // The oldest first, as they happened.
    for (const { id, status, updated, text } of incidents.toReversed()) {
      const known = seen.get(id);
      if (known === updated) continue;
      seen.set(id, updated);
      const change = status === 'closed' ? 'closed: ' : known === undefined ? '' : 'changed: ';
      out(`\n${change}${printable(text)}\n`);
    }
    if (once) return;
    await wait(pause, undefined, { signal }).catch(() => undefined);
  }
}
