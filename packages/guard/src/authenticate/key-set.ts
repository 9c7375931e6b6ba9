import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { CastellanError } from '@castellan/contract';
import type { TokenConfiguration } from './configuration.ts';

export type Fetch = typeof globalThis.fetch;

/** Where verification keys come from. */
export interface KeySource {
  readonly getKey: JWTVerifyGetKey;
}

const discoveryTimeout = 5000;
const maxDiscovery = 256 * 1024;

/**
 * The keys of a token configuration: given, fetched from `jwks`, or found by discovery (OpenID Connect Discovery 1.0
 * section 4, RFC 8414 section 3).
 * @throws CastellanError `bad-jwks`, `weak-key`
 */
export function keySource(scheme: string, configuration: TokenConfiguration, fetch: Fetch): KeySource {
  const { jwks } = configuration;
  if (jwks === undefined) return discovered(configuration.issuer, fetch);
  if (typeof jwks === 'string' || jwks instanceof URL) {
    const url = jwks instanceof URL ? jwks : URL.canParse(jwks) ? new URL(jwks) : undefined;
    if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      throw new CastellanError({
        code: 'bad-jwks',
        message: `authentication.${scheme}.jwks is no http(s) address`,
        mend: 'write the address of the key set, or the key set itself',
      });
    }
    return { getKey: remote(url, fetch) };
  }
  return { getKey: local(scheme, jwks) };
}

function local(scheme: string, jwks: JSONWebKeySet): JWTVerifyGetKey {
  if (!Array.isArray(jwks.keys) || jwks.keys.length === 0) {
    throw new CastellanError({
      code: 'bad-jwks',
      message: `authentication.${scheme}.jwks has no keys`,
      mend: 'give a JSON Web Key Set, { "keys": […] }, with at least one key',
    });
  }
  for (const [index, key] of jwks.keys.entries()) {
    // RFC 7518 section 3.2: an HMAC key is at least as long as the hash.
    if (key.kty === 'oct' && Buffer.from(String(key.k ?? ''), 'base64url').length < 32) {
      throw new CastellanError({
        code: 'weak-key',
        message: `authentication.${scheme}.jwks.keys[${index}] has fewer than 256 bits`,
        mend: 'use a random key of at least 32 bytes',
      });
    }
  }
  return createLocalJWKSet(jwks);
}

function remote(url: URL, fetch: Fetch): JWTVerifyGetKey {
  return createRemoteJWKSet(url, {
    timeoutDuration: discoveryTimeout,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
    [customFetch]: fetch,
  });
}

function discovered(issuer: string, fetch: Fetch): KeySource {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const find = async (): Promise<JWTVerifyGetKey> => remote(await discover(issuer, fetch), fetch);
  return {
    getKey: async (header, token) => {
      keys ??= find();
      try {
        return await (
          await keys
        )(header, token);
      } catch (error) {
        // A provider that was out of reach is asked again with the next token.
        if (error instanceof CastellanError) keys = undefined;
        throw error;
      }
    },
  };
}

async function discover(issuer: string, fetch: Fetch): Promise<URL> {
  const unreachable = (message: string, cause?: unknown): CastellanError =>
    new CastellanError({ code: 'discovery', message, mend: 'correct the issuer, or give jwks', cause });
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let document: unknown;
  try {
    const response = await fetch(address, {
      signal: AbortSignal.timeout(discoveryTimeout),
      redirect: 'error',
      headers: { accept: 'application/json' },
    });
    if (!response.ok) throw unreachable(`${address} answers ${response.status}`);
    const text = await response.text();
    if (text.length > maxDiscovery) throw unreachable(`${address} answers more than ${maxDiscovery} bytes`);
    document = JSON.parse(text);
  } catch (error) {
    if (error instanceof CastellanError) throw error;
    throw unreachable(`${address} cannot be read`, error);
  }
  const { issuer: named, jwks_uri: uri } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw unreachable(`${address} names another issuer`);
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw unreachable(`${address} names no jwks_uri`);
  return new URL(uri);
}
