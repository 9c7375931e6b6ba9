import { parseJson } from '@castellan/contract';
import type { Identity } from '../scheme.ts';
import { claimPath, textAt, type ClaimPath } from './claim-path.ts';
import type { TokenConfiguration } from './configuration.ts';
import { groupsOf, type GroupsRule } from './group-claims.ts';
import { brokenRule, brokenText, type RequiredRule } from './required-claims.ts';

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
  // Not by assignment: a claim may be named `__proto__`.
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, frozen(inner)])));
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
export interface ClaimRules {
  /** Whether `iss` is the one that vouches. */
  readonly issuerFits: (iss: unknown) => boolean;
  readonly audience: TokenConfiguration['audience'];
  readonly clockSkew: number;
  readonly maxLifetime?: number | undefined;
  readonly once?: boolean | undefined;
  readonly required: readonly RequiredRule[];
  /** Where the subject is. */
  readonly subject: readonly ClaimPath[];
}

/** Why a token is refused. */
export interface ClaimProblem {
  /** Stable kebab case. */
  readonly reason: string;
  /** What was expected, for the log. */
  readonly log?: string | undefined;
}

/**
 * Checks what a token claims about itself (RFC 7519 section 4.1, RFC 9068 section 4).
 * @param now milliseconds since the epoch
 * @returns why it is refused; undefined where it is good
 */
export function checkClaims(claims: Claims, rules: ClaimRules, now: number): ClaimProblem | undefined {
  const { aud, exp, nbf, iat, jti } = claims;
  const seconds = now / 1000;
  const skew = rules.clockSkew;
  if (!isTime(exp)) return { reason: 'claim-exp', log: 'exp is missing, or no number of seconds' };
  if (exp + skew <= seconds) return { reason: 'token-expired' };
  if (nbf !== undefined && !(isTime(nbf) && nbf - skew <= seconds)) return { reason: 'claim-nbf' };
  if (iat !== undefined && !(isTime(iat) && iat - skew <= seconds)) return { reason: 'claim-iat' };
  if (jti !== undefined && typeof jti !== 'string') return { reason: 'claim-jti' };
  const bounded = checkBounds(claims, rules);
  if (bounded !== undefined) return bounded;
  if (rules.audience !== undefined && !audienceFits(aud, rules.audience))
    return { reason: 'claim-aud', log: audienceText(aud, rules.audience) };
  return checkMeaning(claims, rules);
}

/** For how long a token is good, and for how many requests; asked of introspected ones too. */
export function checkBounds(
  { exp, iat, jti }: Claims,
  { maxLifetime, once }: Pick<ClaimRules, 'maxLifetime' | 'once'>,
): ClaimProblem | undefined {
  if (maxLifetime !== undefined && !(isTime(exp) && isTime(iat) && exp - iat <= maxLifetime))
    return { reason: 'lives-too-long' };
  if (once !== true) return undefined;
  if (typeof jti !== 'string' || jti === '') return { reason: 'claim-jti' };
  // What is good once is kept as long as it is good.
  return isTime(exp) ? undefined : { reason: 'claim-exp', log: 'exp is missing, or no number of seconds' };
}

/** What a token is for and whom it names; asked of introspected ones too. */
export function checkMeaning(claims: Claims, rules: ClaimRules): ClaimProblem | undefined {
  if (!rules.issuerFits(claims['iss'])) return { reason: 'claim-iss' };
  if (subjectOf(claims, rules.subject) === undefined) {
    const places = rules.subject.map(({ text }) => text).join(', ');
    return { reason: 'no-subject', log: `no claim names the caller; looked for ${places}` };
  }
  if (!isAccessToken(claims, rules.required)) return { reason: 'token-use' };
  const broken = brokenRule(claims, rules.required);
  return broken === undefined ? undefined : { reason: 'claim-required', log: brokenText(claims, broken) };
}

function audienceText(aud: unknown, expected: string | readonly string[]): string {
  const wanted = [expected].flat().slice(0, 5).join(' or ');
  if (aud === undefined) return `aud is missing; expected ${wanted}`;
  const said = [aud]
    .flat()
    .slice(0, 5)
    .map((one) =>
      String(one)
        .replaceAll(/[^\x21-\x7e]/g, '?')
        .slice(0, 100),
    );
  return `aud is ${said.join(', ')}; expected ${wanted}`;
}

/** Whom a token names. */
export function subjectOf(claims: Claims, paths: readonly ClaimPath[]): string | undefined {
  // RFC 7519 section 4.1.2: a text. Claims that somebody names may be numbers, as tables have them.
  const isText = paths !== usualSubject || typeof (claims['sub'] ?? claims['client_id']) === 'string';
  const subject = isText ? textAt(claims, paths) : undefined;
  return subject === undefined || subject.length > 1024 ? undefined : subject;
}

/**
 * Where the subject is where nobody says: `sub`, and the client that got a token for itself where none is named (RFC 9068
 * section 2.2).
 */
export const usualSubject: readonly ClaimPath[] = [claimPath('/sub'), claimPath('/client_id')];

/**
 * Names under which providers say what a token is for. One that is for the provider itself (a refresh token), or tells
 * a client who its user is (an ID token), is no access token, however good it is (RFC 6749 section 1.5).
 */
const uses = ['token_use', 'tokenUse', 'token_type', 'tokenType', 'typ', 'token_kind'];
const otherUses =
  /^(?:urn:ietf:params:oauth:token-type:)?(?:refresh|id|logout|offline|authorization|auth)(?:[-_ ]?(?:token|code))?$/i;

/** @param required claims that the entry asks for: one that it names itself says what it wants */
export function isAccessToken(claims: Claims, required: readonly RequiredRule[] = []): boolean {
  // Of the API's own words `type` may be one; that it calls a token one for refreshing leaves no doubt.
  const { type } = claims;
  if (isOfEvents(claims) && !required.some(({ path }) => path.top === 'events')) return false;
  if (typeof type === 'string' && /^refresh(?:[-_ ]?token)?$/i.test(type.trim())) return false;
  return uses.every((name) => {
    if (required.some(({ path }) => path.top === name)) return true;
    const use = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return use === undefined || use === null || (typeof use === 'string' && !otherUses.test(use.trim()));
  });
}

/**
 * Whether it tells of events, each named by a URI: a security event token, such as a logout token, which is signed for the same
 * audience and need not have a type (RFC 8417 section 2.2, OpenID Connect Back-Channel Logout 1.0 section 2.4).
 */
function isOfEvents({ events }: Claims): boolean {
  return typeof events === 'object' && events !== null && Object.keys(events).some((name) => name.includes(':'));
}

export function audienceFits(aud: unknown, expected: string | readonly string[]): boolean {
  const wanted = typeof expected === 'string' ? [expected] : expected;
  if (typeof aud === 'string') return wanted.includes(aud);
  return Array.isArray(aud) && aud.every((one) => typeof one === 'string') && aud.some((one) => wanted.includes(one));
}

/** A NumericDate that can be one: a JSON number of seconds in this millennium. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 32_503_680_000;
}

/**
 * The issuer that an unverified payload names: whose keys are meant, before any is looked for; never believed.
 * @returns empty where it names none, undefined where it is no claims set
 */
export function claimedIssuer(token: string): string | undefined {
  const [, payload = ''] = token.split('.', 2);
  const parsed = parseJson(Buffer.from(payload, 'base64url'), limits);
  if ('issues' in parsed) return undefined;
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const iss = Object.hasOwn(value, 'iss') ? (value as { readonly iss?: unknown }).iss : undefined;
  return typeof iss === 'string' ? iss : '';
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** Scopes of all claims that are named: lists, and texts that are split at their spaces (RFC 6749 section 3.3). */
function scopesOf(claims: Claims, paths: readonly ClaimPath[] | undefined): readonly string[] {
  const values = paths === undefined ? [claims['scope'] ?? claims['scp']] : paths.map((path) => path.read(claims));
  const all = values.flatMap((value) =>
    typeof value === 'string' ? value.split(' ').filter(Boolean) : strings(value),
  );
  return values.length === 1 ? all : [...new Set(all)];
}

/** Which claims hold what is known of the holder. */
export interface ClaimPlaces {
  readonly subject: readonly ClaimPath[];
  readonly groups: GroupsRule;
  readonly scopes: readonly ClaimPath[] | undefined;
  readonly tenant: ClaimPath | undefined;
}

/** The tenant that a token names. */
export function tenantOf(claims: Claims, { tenant }: Pick<ClaimPlaces, 'tenant'>): string | undefined {
  return tenant === undefined ? undefined : textAt(claims, [tenant]);
}

/**
 * The identity that verified claims stand for.
 * @param issuer who vouches
 * @param name names the credential where it has no `jti`
 */
export function identityOf(
  claims: Claims,
  issuer: string,
  kind: 'jwt' | 'opaque-token',
  name: string,
  places: ClaimPlaces,
  boundTo: string | undefined,
): Identity {
  const tenant = tenantOf(claims, places);
  const { jti, exp, iat } = claims;
  return {
    subject: subjectOf(claims, places.subject) ?? '',
    issuer,
    scopes: Object.freeze(scopesOf(claims, places.scopes)),
    groups: Object.freeze(groupsOf(claims, places.groups, tenant) ?? []),
    claims,
    credential: Object.freeze({
      kind,
      id: typeof jti === 'string' && jti !== '' ? jti.slice(0, 256) : name,
      ...(typeof exp === 'number' ? { expiresAt: exp * 1000 } : {}),
      ...(boundTo === undefined ? {} : { boundTo }),
    }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(typeof iat === 'number' ? { issuedAt: iat * 1000 } : {}),
  };
}
