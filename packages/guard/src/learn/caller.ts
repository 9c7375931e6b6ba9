import type { SecurityScheme } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import { basicCredential, bearerCredential, cookieValue, queryValue } from '../authenticate/credential.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { kindOfName } from './names.ts';
import type { CallerRecord } from './record.ts';
import { saidBy } from './said.ts';

/** What a caller is known by. */
export interface Shown {
  readonly auth: AuthContext | undefined;
  readonly authorization: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly query: string;
  readonly address: string;
  /** The contract's own. */
  readonly schemes: Iterable<SecurityScheme>;
}

const maxNames = 50;
const maxClaims = 30;

/** Fields in which keys are sent that no document declares. */
const usualKeys = ['x-api-key', 'api-key', 'apikey', 'x-auth-token', 'x-access-token', 'x-token'];

/**
 * Who calls, for a record: by what the guard verified, or where it verifies nothing, by what the caller says of itself
 * (`verified: false`). Nothing that could be used as a credential, and no name of a person, is in it.
 */
export function callerOf(shown: Shown, hash: KeyedHash): CallerRecord {
  const { auth } = shown;
  const address = hash(`address ${shown.address}`);
  if (auth !== undefined && !auth.subject.startsWith('unverified:')) {
    const all = { sub: auth.subject, ...(auth.tenant && { tenant: auth.tenant }), ...auth.claims };
    const claims = claimsOf(all, hash);
    const said = saidBy(all, hash);
    return {
      id: hash(auth.subject),
      address,
      kind: kinds.get(auth.credential.kind) ?? 'custom',
      verified: true,
      groups: auth.groups.slice(0, maxNames),
      scopes: auth.scopes.slice(0, maxNames),
      claims,
      ...(said === undefined ? {} : { said }),
    };
  }
  return unverified(shown, address, hash);
}

const kinds: ReadonlyMap<string, CallerRecord['kind']> = new Map(
  Object.entries({
    jwt: 'jwt',
    'opaque-token': 'bearer',
    'api-key': 'api-key',
    password: 'basic',
    session: 'cookie',
    certificate: 'certificate',
  } as const),
);

function unverified(shown: Shown, address: string, hash: KeyedHash): CallerRecord {
  const none = { address, verified: false, groups: [], scopes: [], claims: {} } as const;
  const { authorization } = shown;
  const basic = basicCredential(authorization);
  if (basic !== undefined) return { ...none, id: hash(basic.user), kind: 'basic', claims: { sub: [hash(basic.user)] } };
  const token = bearerCredential(authorization);
  const claims = token === undefined ? undefined : claimsIn(token);
  if (claims !== undefined) {
    const said = saidBy(claims, hash);
    const subject = [claims['sub'], claims['client_id'], claims['azp']].find((one) => typeof one === 'string');
    return {
      id: hash(subject ?? token ?? ''),
      address,
      kind: 'jwt',
      verified: false,
      groups: namesIn(claims, ['groups', 'roles', 'role', 'cognito:groups'], ['realm_access', 'roles']),
      scopes: namesIn(claims, ['scope', 'scp', 'scopes', 'permissions'], undefined),
      claims: claimsOf(claims, hash),
      ...(said === undefined ? {} : { said }),
    };
  }
  if (authorization !== undefined) return { ...none, id: hash(token ?? authorization), kind: 'bearer' };
  const key = keyOf(shown);
  if (key !== undefined) return { ...none, ...key, id: hash(key.id) };
  const cookie = fieldOf(shown.rawHeaders, 'cookie');
  if (cookie !== undefined) return { ...none, id: hash(sessionIn(cookie)), kind: 'cookie' };
  return { ...none, id: address, kind: 'none' };
}

/** The claims of a JWT, which nobody verified (RFC 7519 section 7.2 without its signature). */
function claimsIn(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = token.split('.', 4);
  if (payload === undefined || signature === undefined || token.length > 16_384) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The names that claims give, as a list or in one text. */
function namesIn(
  claims: Readonly<Record<string, unknown>>,
  members: readonly string[],
  nested: readonly [string, string] | undefined,
): string[] {
  const inner = nested === undefined ? undefined : claims[nested[0]];
  const values = members.map((name) => claims[name]);
  if (nested !== undefined && typeof inner === 'object' && inner !== null)
    values.push((inner as Readonly<Record<string, unknown>>)[nested[1]]);
  const names = values.flatMap((value) =>
    typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? (value as unknown[]) : [],
  );
  const texts = names.filter((name): name is string => typeof name === 'string' && name !== '' && name.length <= 200);
  return [...new Set(texts)].slice(0, maxNames);
}

/** Claims about identity: each with the keyed hashes of its values. */
function claimsOf(claims: Readonly<Record<string, unknown>>, hash: KeyedHash): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = Object.create(null) as Record<string, readonly string[]>;
  for (const [name, value] of Object.entries(claims).slice(0, 200)) {
    if (Object.keys(found).length >= maxClaims) break;
    const kind = name === 'jti' || name === 'sid' ? 'secret' : kindOfName(name);
    if (kind !== 'identifier' && !/name$|^(?:iss|aud|azp)$/.test(name)) continue;
    const values = (Array.isArray(value) ? value : [value]).filter(
      (one): one is string | number => (typeof one === 'string' && one.length <= 256) || typeof one === 'number',
    );
    if (values.length > 0) found[name.slice(0, 100)] = values.slice(0, 10).map(hash);
  }
  return { ...found };
}

/** An API key, where the contract declares one, or in one of the usual fields. */
function keyOf(shown: Shown): { readonly id: string; readonly kind: 'api-key' | 'cookie' } | undefined {
  for (const scheme of shown.schemes) {
    if (scheme.type !== 'apiKey') continue;
    const value =
      scheme.in === 'header'
        ? fieldOf(shown.rawHeaders, scheme.key.toLowerCase())
        : scheme.in === 'query'
          ? queryValue(shown.query, scheme.key)
          : cookieValue(fieldOf(shown.rawHeaders, 'cookie'), scheme.key);
    if (value !== undefined) return { id: value, kind: scheme.in === 'cookie' ? 'cookie' : 'api-key' };
  }
  for (const name of usualKeys) {
    const value = fieldOf(shown.rawHeaders, name);
    if (value !== undefined) return { id: value, kind: 'api-key' };
  }
  return undefined;
}

/** The cookie that most likely tells the session: the one with the longest value. */
function sessionIn(field: string): string {
  const pairs = field.split(';', 100).map((pair) => pair.trim());
  return pairs.reduce((longest, pair) => (valueLength(pair) > valueLength(longest) ? pair : longest), '');
}

function valueLength(pair: string): number {
  return pair.length - pair.indexOf('=');
}

function fieldOf(rawHeaders: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === name.length && rawHeaders[i]?.toLowerCase() === name) return rawHeaders[i + 1];
  return undefined;
}
