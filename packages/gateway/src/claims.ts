import { everyServer, type Contract } from '@castellan/contract';
import { CastellanError } from '@castellan/contract';

/** What requests are one API's: those to its hosts, under its paths. */
export interface Claim {
  /** As `castellan.yaml` calls it. */
  readonly name: string;
  /** Lower case, without port; empty where every host is its. */
  readonly hosts: ReadonlySet<string>;
  /** Path prefixes, without a slash at their end: `/v1`, or the empty one. */
  readonly prefixes: readonly string[];
}

/** What one API claims. */
export function claimOf(
  name: string,
  contract: Contract,
  { hosts = [], basePath }: { readonly hosts?: readonly string[] | undefined; readonly basePath?: string | undefined },
): Claim {
  const prefixes =
    basePath === undefined ? [...new Set(everyServer(contract).flatMap((server) => server.basePaths))] : [basePath];
  const plain = prefixes.map((prefix) => prefix.replace(/\/+$/, ''));
  return {
    name,
    hosts: new Set(hosts.map((host) => hostName(host.replace(/^[a-z][a-z\d+.-]*:\/\//i, '').replace(/\/.*$/s, '')))),
    prefixes: plain.length === 0 ? [''] : [...new Set(plain)],
  };
}

/**
 * Refuses two APIs of which a request could be meant for either.
 * @returns never one that stays undecided: hosts before paths, of two paths the longer one
 */
export function sharedClaim(claims: readonly Claim[]): CastellanError | undefined {
  for (const [index, claim] of claims.entries())
    for (const other of claims.slice(0, index)) {
      const bothHosts = [...claim.hosts].filter((host) => other.hosts.has(host));
      const open = claim.hosts.size === 0 && other.hosts.size === 0;
      const prefix = claim.prefixes.find((one) => other.prefixes.includes(one));
      if (prefix === undefined || !(open || bothHosts.length > 0)) continue;
      const where = open ? '' : ` of the host ${bothHosts[0]}`;
      return new CastellanError({
        code: 'two-apis',
        message: `'${claim.name}' and '${other.name}' both have the path ${prefix === '' ? '/' : prefix}${where}, and so a request could be for either of them`,
        mend: 'give them hosts: [orders.example.com] or a basePath each',
      });
    }
  return undefined;
}

const named = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?)(?::\d{0,5})?$/i;

/** The name of a host as claims have it, `api.example.com` of `API.example.com:8443`; empty where it is no name of one. */
export function hostName(host: string): string {
  if (!named.test(host)) return '';
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}
