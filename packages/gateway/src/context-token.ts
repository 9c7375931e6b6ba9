import { randomUUID } from 'node:crypto';
import type { AuthContext, Exchange } from '@castellan/guard';
import { openSigningKeys } from '@castellan/guard/secrets';
import { compileContextClaims } from './context-claims.ts';

/** How the gateway tells the upstream who calls. */
export interface ContextOptions {
  /** Where the signing keys are kept, 0600; several gateways share one file. Default: only in this process. */
  readonly file?: string | undefined;
  /** `iss` of the tokens. Default `castellan-gateway`. */
  readonly issuer?: string | undefined;
  /** `aud` of the tokens. Default the upstream's origin. */
  readonly audience?: string | undefined;
  /**
   * Groups that the upstream decides by: names, or prefixes that end in `*`. Default: all that fit, which is told where they
   * do not; the token then says how many are missing (`castellan.groupsLeftOut`).
   */
  readonly groups?: readonly string[] | undefined;
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

/**
 * Opens the signing keys for context tokens.
 * @param audience where nothing else is configured
 * @throws CastellanError `bad-signing-keys`, `cannot-write`, `bad-option`
 */
export async function openContext(
  options: ContextOptions,
  audience: string,
  clock: () => number,
): Promise<ContextTokens> {
  const { file, interval, overlap, issuer = 'castellan-gateway', lifetime = 60 } = options;
  const claimsOf = compileContextClaims(options.groups);
  const keys = await openSigningKeys({ file, interval, overlap, clock });
  // A remembered credential has one context object, so its token is signed once and sent until it is half over.
  const signed = new WeakMap<AuthContext, { readonly token: string; readonly until: number }>();

  let cut: string | undefined;
  const tellOf = (leftOut: number): void => {
    if (cut !== undefined) return;
    cut = `castellan-context does not hold all that a caller has: ${leftOut} groups or scopes of one are left out, because the upstream would answer 431; name the groups that it needs in context.groups (--context-group)`;
    process.emitWarning(cut, { type: 'Castellan', code: 'context-cut' });
  };

  const sign = async (auth: AuthContext, now: number): Promise<string> => {
    const ends = Math.min(now + lifetime * 1000, auth.credential.expiresAt ?? Number.POSITIVE_INFINITY);
    const { claims, leftOut } = claimsOf(auth);
    if (leftOut > 0) tellOf(leftOut);
    const token = await keys.sign(
      {
        iss: issuer,
        aud: options.audience ?? audience,
        iat: Math.floor(now / 1000),
        exp: Math.max(Math.floor(now / 1000) + 1, Math.floor(ends / 1000)),
        jti: randomUUID(),
        ...claims,
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
    notices: () => (cut === undefined ? keys.notices : [...keys.notices, { code: 'context-cut', message: cut }]),
  };
}
