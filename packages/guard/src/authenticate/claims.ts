import { parseJson } from '@castellan/contract';
import type { Identity } from '../scheme.ts';
import type { TokenConfiguration } from './configuration.ts';

/** The claims of a verified token (RFC 7519 section 4), frozen to the last leaf. */
export type Claims = Readonly<Record<string, unknown>>;

const limits = { maxBytes: 64 * 1024, maxDepth: 16, maxNodes: 5000 };

/** Reads a claims set so that only one reading is possible; undefined where there is none or there are several. */
export function readClaims(payload: Uint8Array): Claims | undefined {
  const parsed = parseJson(payload, limits);
  if ('issues' in parsed) return undefined;
  const value = frozen(parsed.value);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
}

/** Freezes a value deeply. Whole numbers that no JavaScript number keeps become their digits. */
export function frozen(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  const copy: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) copy[name] = frozen(inner);
  return Object.freeze(copy);
}

/** Types of JWTs that may be access tokens; a logout token or a proof is none (RFC 8725 section 3.11). */
const plainTypes = new Set(['jwt', 'at+jwt']);

/** Whether the header's `typ` may stand: the required one, or none that says that this is something else. */
export function typeFits(typ: string | undefined, required: string | undefined): boolean {
  const short = typ?.toLowerCase().replace(/^application\//, '');
  if (required !== undefined) return short === required.toLowerCase().replace(/^application\//, '');
  return short === undefined || plainTypes.has(short);
}

/** What `checkClaims` holds a token against. */
export type ClaimRules = Pick<TokenConfiguration, 'issuer' | 'audience' | 'maxLifetime' | 'once'> & {
  readonly clockSkew: number;
};

/**
 * Checks what a token claims about itself (RFC 7519 section 4.1, RFC 9068 section 4).
 * @param now milliseconds since the epoch
 * @returns why it is refused, in stable kebab case; undefined where it is good
 */
export function checkClaims(claims: Claims, rules: ClaimRules, now: number): string | undefined {
  const { iss, aud, sub, exp, nbf, iat, jti } = claims;
  const seconds = now / 1000;
  if (iss !== rules.issuer) return 'claim-iss';
  if (!audienceFits(aud, rules.audience)) return 'claim-aud';
  if (!isTime(exp)) return 'claim-exp';
  if (exp + rules.clockSkew <= seconds) return 'token-expired';
  if (nbf !== undefined && !(isTime(nbf) && nbf - rules.clockSkew <= seconds)) return 'claim-nbf';
  if (iat !== undefined && !(isTime(iat) && iat - rules.clockSkew <= seconds)) return 'claim-iat';
  if (rules.maxLifetime !== undefined && !(isTime(iat) && exp - iat <= rules.maxLifetime)) return 'lives-too-long';
  const subject = sub === undefined ? clientOf(claims) : sub;
  if (typeof subject !== 'string' || subject === '' || subject.length > 1024) return 'no-subject';
  if (!isAccessToken(claims)) return 'token-use';
  if (jti !== undefined && typeof jti !== 'string') return 'claim-jti';
  if (rules.once === true && (jti === undefined || jti === '')) return 'claim-jti';
  return undefined;
}

/** The client that got a token for itself: its subject where none is named (RFC 9068 section 2.2). */
export function clientOf({ client_id: client }: Claims): string | undefined {
  return typeof client === 'string' && client !== '' ? client : undefined;
}

/**
 * Names under which providers say what a token is for. One that is for the provider itself (a refresh token), or tells
 * a client who its user is (an ID token), is no access token, however good it is (RFC 6749 section 1.5).
 */
const uses = ['token_use', 'tokenUse', 'token_type', 'tokenType', 'typ', 'token_kind'];
const otherUses = /^(?:refresh|id|logout|offline|authorization|auth)(?:[-_ ]?(?:token|code))?$/i;

export function isAccessToken(claims: Claims): boolean {
  // Of the API's own words `type` may be one; that it calls a token one for refreshing leaves no doubt.
  const { type } = claims;
  if (typeof type === 'string' && /^refresh(?:[-_ ]?token)?$/i.test(type.trim())) return false;
  return uses.every((name) => {
    const use = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return use === undefined || use === null || (typeof use === 'string' && !otherUses.test(use.trim()));
  });
}

export function audienceFits(aud: unknown, expected: TokenConfiguration['audience']): boolean {
  const wanted = typeof expected === 'string' ? [expected] : expected;
  if (typeof aud === 'string') return wanted.includes(aud);
  return Array.isArray(aud) && aud.every((one) => typeof one === 'string') && aud.some((one) => wanted.includes(one));
}

/** A NumericDate that can be one: a JSON number of seconds in this millennium. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 32_503_680_000;
}

/** The issuer that an unverified payload names: whose keys are meant, before any is looked for; never believed. */
export function claimedIssuer(token: string): string | undefined {
  const claims = readClaims(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url'));
  return typeof claims?.['iss'] === 'string' ? claims['iss'] : undefined;
}

/** `claims.realm_access.roles` as a path. */
export function claimPath(text: string): readonly string[] {
  const parts = text.split('.');
  return parts[0] === 'claims' ? parts.slice(1) : parts;
}

/** A claim by its path; undefined where it is not there. */
export function claimAt(claims: Claims, path: readonly string[]): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/**
 * The groups of a token: a list, or one that stands there as a text, as many providers write a single value.
 * @returns undefined where they cannot be read: whoever they forbid something must not be let by
 */
export function groupsOf(claims: Claims, path: readonly string[]): readonly string[] | undefined {
  const value = claimAt(claims, path);
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return /[\s,;]/.test(value) ? undefined : [value];
  if (typeof value === 'number') return [String(value)];
  if (!Array.isArray(value)) return undefined;
  const groups = value.map((one: unknown) => (typeof one === 'number' ? String(one) : one));
  return groups.every((one) => typeof one === 'string') ? groups : undefined;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function scopesOf({ scope, scp }: Claims): readonly string[] {
  const value = scope ?? scp;
  return typeof value === 'string' ? value.split(' ').filter(Boolean) : strings(value);
}

/** Which claims hold groups and tenant. */
export interface ClaimPaths {
  readonly groups: readonly string[];
  readonly tenant: readonly string[] | undefined;
}

/**
 * The identity that verified claims stand for.
 * @param name names the credential where it has no `jti`
 */
export function identityOf(
  claims: Claims,
  issuer: string,
  kind: 'jwt' | 'opaque-token',
  name: string,
  paths: ClaimPaths,
  boundTo: string | undefined,
): Identity {
  const tenant = paths.tenant === undefined ? undefined : claimAt(claims, paths.tenant);
  const { jti, exp, iat } = claims;
  return {
    subject: typeof claims['sub'] === 'string' ? claims['sub'] : (clientOf(claims) ?? ''),
    issuer,
    scopes: Object.freeze(scopesOf(claims)),
    groups: Object.freeze(groupsOf(claims, paths.groups) ?? []),
    claims,
    credential: Object.freeze({
      kind,
      id: typeof jti === 'string' && jti !== '' ? jti.slice(0, 256) : name,
      ...(typeof exp === 'number' ? { expiresAt: exp * 1000 } : {}),
      ...(boundTo === undefined ? {} : { boundTo }),
    }),
    ...(typeof tenant === 'string' || typeof tenant === 'number' ? { tenant: String(tenant) } : {}),
    ...(typeof iat === 'number' ? { issuedAt: iat * 1000 } : {}),
  };
}
