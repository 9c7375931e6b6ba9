import { connectionFetch } from '../authenticate/provider-connection.ts';
import { limits } from '../source/limits.ts';
import type { RegistryOptions } from './options.ts';

/** Fetches from a registry: with its own authorities, and a client certificate where one is configured. */
export type RegistryFetch = typeof globalThis.fetch;

/**
 * How a registry is asked. Files are read anew for each request: certificates are short-lived.
 * @throws CastellanError `unreadable-file`
 */
export function registryFetch({ connection }: Pick<RegistryOptions, 'connection'>): RegistryFetch {
  const now = (): RegistryFetch => connectionFetch('registry', connection, fetch, limits.bytes);
  // What is wrong at the start is told at the start.
  now();
  return async (address, init) => now()(address, init);
}

/** The fields by which a registry knows a guard; none where its certificate says it. */
export function registryFields({ key }: Pick<RegistryOptions, 'key'>): Readonly<Record<string, string>> {
  return key === undefined ? {} : { 'x-castellan-key': key };
}
