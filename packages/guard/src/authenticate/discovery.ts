import { fetchJson, ProviderError, type Fetch } from './provider-fetch.ts';

/** What a provider publishes about itself, as far as a resource server needs it. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly jwksUri: string | undefined;
  readonly introspectionEndpoint: string | undefined;
}

/** Where a document of a provider's metadata may be (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3). */
function candidates(issuer: string, given: string | undefined): readonly string[] {
  const plain = issuer.replace(/\/+$/, '');
  const url = new URL(plain);
  const path = url.pathname === '/' ? '' : url.pathname;
  const list = [
    `${plain}/.well-known/openid-configuration`,
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
  ];
  return given === undefined || given === '' || !URL.canParse(given) ? list : [given, ...list];
}

/**
 * Finds a provider's metadata under its issuer and checks that it speaks for that issuer (RFC 8414 section 3.3: else
 * another provider could vouch in its name).
 * @param given the address that the contract names (`openIdConnectUrl`, `oauth2MetadataUrl`), tried first
 * @throws ProviderError
 */
export async function discover(issuer: string, given: string | undefined, fetch: Fetch): Promise<ProviderMetadata> {
  if (!URL.canParse(issuer))
    throw new ProviderError(
      'wrong',
      `the issuer '${issuer.slice(0, 200)}' is no address, so nothing can be discovered`,
    );
  let failure: ProviderError | undefined;
  for (const address of new Set(candidates(issuer, given))) {
    let document: Record<string, unknown>;
    try {
      document = await fetchJson(fetch, address);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      // A provider that cannot be reached says nothing of what it would publish elsewhere.
      if (failure === undefined || error.kind === 'unreachable') failure = error;
      if (error.kind === 'unreachable') break;
      continue;
    }
    return readMetadata(document, issuer, address);
  }
  throw failure ?? new ProviderError('wrong', `${issuer} publishes no metadata`);
}

function readMetadata(document: Record<string, unknown>, issuer: string, address: string): ProviderMetadata {
  if (document['issuer'] !== issuer) {
    const named = typeof document['issuer'] === 'string' ? `'${document['issuer'].slice(0, 200)}'` : 'none';
    throw new ProviderError('wrong', `${address} names issuer ${named}, not '${issuer}'`);
  }
  return {
    issuer,
    jwksUri: endpoint(document, 'jwks_uri', issuer, address),
    introspectionEndpoint: endpoint(document, 'introspection_endpoint', issuer, address),
  };
}

function endpoint(
  document: Record<string, unknown>,
  name: string,
  issuer: string,
  address: string,
): string | undefined {
  const value = document[name];
  if (value === undefined) return undefined;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new ProviderError('wrong', `${address} has a ${name} that is no http(s) address`);
  // What an encrypted issuer vouches for must not travel unencrypted.
  if (new URL(issuer).protocol === 'https:' && url.protocol !== 'https:')
    throw new ProviderError('wrong', `${address} has a ${name} without https`);
  return url.href;
}
