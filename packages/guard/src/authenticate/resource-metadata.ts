import type { Contract } from '@castellan/contract';
import type { SchemeConfiguration, TokenConfiguration } from './configuration.ts';

/** What this API says of itself to clients that look for who gives tokens for it (RFC 9728). */
export interface ResourceMetadata {
  /** Where it is served. */
  readonly path: string;
  /** Its address, which challenges name. */
  readonly url: string;
  readonly body: string;
}

/**
 * The metadata of this API as a protected resource (RFC 9728 sections 2 and 3.1), from the contract and who vouches.
 * @param origin the address that callers use; without it nobody knows what the resource is called
 * @param basePath the prefix of the API here, where it is not what its servers say
 * @returns undefined where no issuer of tokens is named, or the contract has an operation there
 */
export function resourceMetadata(
  contract: Contract,
  authentication: ReadonlyMap<string, SchemeConfiguration>,
  origin: string | undefined,
  basePath: string | undefined,
): ResourceMetadata | undefined {
  if (origin === undefined) return undefined;
  const entries = [...authentication].map(([name, entry]) => ({ name, tokens: tokensOf(entry) }));
  const servers = new Set(entries.flatMap(({ tokens }) => tokens.flatMap(issuersOf)));
  if (servers.size === 0) return undefined;
  const prefix = (basePath ?? contract.servers[0]?.basePaths[0] ?? '').replace(/\/+$/, '');
  const path = `/.well-known/oauth-protected-resource${prefix}`;
  if (contract.operations.some((operation) => prefix + operation.path === path || operation.path === path))
    return undefined;
  const schemes = new Set(entries.filter(({ tokens }) => tokens.length > 0).map(({ name }) => name));
  const scopes = new Set(
    contract.operations.flatMap(({ security }) =>
      security.flatMap(({ schemes: used }) =>
        used.flatMap(({ scheme, scopes: asked }) => (schemes.has(scheme.name) ? asked : [])),
      ),
    ),
  );
  const all = entries.flatMap(({ tokens }) => tokens);
  const proofs = all.flatMap(({ proof }) => (proof === undefined ? [] : [proof]));
  const dpop = proofs.filter(({ kinds }) => kinds?.includes('dpop') !== false);
  const isBoundAlways = (kind: 'dpop' | 'certificate'): boolean =>
    all.every(({ proof }) => proof?.required === true && proof.kinds?.length === 1 && proof.kinds[0] === kind);
  const body = {
    resource: origin + prefix,
    authorization_servers: [...servers],
    resource_name: contract.title,
    bearer_methods_supported: all.some(({ from }) => from === undefined) ? ['header'] : [],
    ...(scopes.size === 0 ? {} : { scopes_supported: [...scopes].sort() }),
    ...(dpop.length === 0
      ? {}
      : { dpop_signing_alg_values_supported: [...new Set(dpop.flatMap(({ algorithms }) => algorithms ?? usual))] }),
    ...(isBoundAlways('dpop') ? { dpop_bound_access_tokens_required: true } : {}),
    ...(isBoundAlways('certificate') ? { tls_client_certificate_bound_access_tokens: true } : {}),
  };
  return { path, url: origin + path, body: JSON.stringify(body) };
}

/** Algorithms of proofs where an entry names none: see `ProofConfiguration`. */
const usual = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];

function tokensOf(entry: SchemeConfiguration): readonly TokenConfiguration[] {
  if ('issuers' in entry) return entry.issuers;
  return 'issuer' in entry || 'secret' in entry ? [entry] : [];
}

/** Issuers that a client can go to: addresses that are written out. */
function issuersOf({ issuer, tenants = [] }: TokenConfiguration): readonly string[] {
  if (issuer === undefined || typeof issuer === 'function') return [];
  const written = [issuer].flat().flatMap((one: string) => {
    const place = /\{[A-Za-z_]+\}/;
    return place.test(one)
      ? tenants.filter((tenant) => tenant !== 'any').map((tenant) => one.replace(place, () => tenant))
      : [one];
  });
  return written.filter((one) => /^https?:\/\//.test(one) && URL.canParse(one));
}
