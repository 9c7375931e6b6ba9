import type { ServeEntry } from '@castellan/gateway/configuration';
import type { ServeOptions } from '@castellan/registry';

/**
 * What the registry is served with: what flags say comes before `serve` of castellan.yaml. TLS and login are of one of the two as a
 * whole, so that no half of one meets a half of the other.
 * @param entry with its paths absolute
 */
export function settingsOf(flags: ServeOptions, entry: ServeEntry = {}): ServeOptions {
  return {
    ...flags,
    port: flags.port ?? entry.port,
    host: flags.host ?? entry.address,
    tls: flags.tls ?? entry.tls,
    login: flags.login ?? entry.login,
  };
}
