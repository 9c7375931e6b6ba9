import { randomUUID } from 'node:crypto';
import type { AuthContext, Exchange } from '@castellan/guard';
import { openSigningKeys } from '@castellan/guard/secrets';

/** How the gateway tells the upstream who calls. */
export interface ContextOptions {
  /** Where the signing keys are kept, 0600; several gateways share one file. Default: only in this process. */
  readonly file?: string | undefined;
  /** `iss` of the tokens. Default `castellan-gateway`. */
  readonly issuer?: string | undefined;
  /** `aud` of the tokens. Default the origin of the first upstream. */
  readonly audience?: string | undefined;
  /** Seconds that a token is good for. Default 60. */
  readonly lifetime?: number | undefined;
  /** Seconds for which a key signs, and for which it is published before and after. Default 7 days and one hour. */
  readonly interval?: number | undefined;
  readonly overlap?: number | undefined;
}

/** Makes `castellan-context` tokens, and publishes the keys that they are verified with. */
export interface ContextTokens {
  /** The token of a request; undefined for an anonymous caller. Synchronous while the caller's last one is good. */
  readonly tokenOf: (exchange: Exchange) => string | Promise<string> | undefined;
  /** JSON text of the public key set. */
  readonly jwks: () => Promise<string>;
  readonly notices: () => readonly { readonly code: string; readonly message: string }[];
}

/** Where a gateway publishes the keys of its context tokens. */
export const contextKeysPath = '/.well-known/castellan/jwks.json';

/** Characters of the identity provider's claims that are passed on; more would not fit into header fields. */
const maxClaims = 4096;

/**
 * Opens the signing keys for context tokens.
 * @param audience where nothing else is configured; asked for each token
 * @throws CastellanError `bad-signing-keys`, `cannot-write`
 */
export async function openContext(
  options: ContextOptions,
  audience: () => string,
  clock: () => number,
): Promise<ContextTokens> {
  const { file, interval, overlap, issuer = 'castellan-gateway', lifetime = 60 } = options;
  const keys = await openSigningKeys({ file, interval, overlap, clock });
  // A remembered credential has one context object, so its token is signed once and sent until it is half over.
  const signed = new WeakMap<AuthContext, { readonly token: string; readonly until: number }>();

  const sign = async (auth: AuthContext, now: number): Promise<string> => {
    const ends = Math.min(now + lifetime * 1000, auth.credential.expiresAt ?? Number.POSITIVE_INFINITY);
    const token = await keys.sign(
      {
        iss: issuer,
        aud: options.audience ?? audience(),
        iat: Math.floor(now / 1000),
        exp: Math.max(Math.floor(now / 1000) + 1, Math.floor(ends / 1000)),
        jti: randomUUID(),
        ...contextClaims(auth),
      },
      'castellan-context+jwt',
    );
    signed.set(auth, { token, until: now + Math.max(0, ends - now) / 2 });
    return token;
  };

  return {
    tokenOf({ auth, now }) {
      if (auth === undefined) return undefined;
      const known = signed.get(auth);
      return known !== undefined && known.until > now ? known.token : sign(auth, now);
    },
    jwks: async () => JSON.stringify(await keys.jwks()),
    notices: () => keys.notices,
  };
}

/** The caller's `AuthContext` as claims: what every JWT library knows by its usual name, the rest under `castellan`. */
function contextClaims(auth: AuthContext): Record<string, unknown> {
  const claims = JSON.stringify(auth.claims);
  return {
    sub: auth.subject,
    scope: auth.scopes.join(' '),
    groups: auth.groups,
    ...(auth.tenant === undefined ? {} : { tenant: auth.tenant }),
    castellan: {
      issuer: auth.issuer,
      schemes: auth.schemes,
      credential: auth.credential,
      authenticatedAt: auth.authenticatedAt,
      ...(claims.length <= maxClaims ? { claims: auth.claims } : {}),
    },
  };
}
