import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { asymmetricAlgorithms, signatureAlgorithms } from './algorithms.ts';
import { claimedIssuer } from './claims.ts';
import { schemeCredential } from './credential.ts';
import { issuersOf } from './issuer-choice.ts';
import { Issuers, type Found, type ResolvedEntry } from './issuers.ts';
import { Memory } from './memory.ts';
import { LastPresented, type Presented } from './presented.ts';
import type { Fetch } from './provider-fetch.ts';
import { cacheSize, renamedOptions } from './token-cache.ts';
import type { TokenConfiguration, TokenPlace } from './token-configuration.ts';
import { fieldReader } from './scheme-credential.ts';
import type { Place } from './shown.ts';
import type { KeySources } from './token-provider.ts';
import { openIssuer, refused, type Verified } from './trusted-issuer.ts';

/** A token that cannot be this long is not looked at: verification costs what the caller decides. */
const maxToken = 16 * 1024;

/**
 * Verifies access tokens: signed JSON Web Tokens (RFC 7519, RFC 8725, RFC 9068) and opaque ones (RFC 7662), bound to a
 * key or not (RFC 9449, RFC 8705), of one issuer or several. A verified token is cached until it expires.
 * @param now milliseconds since the epoch, for the first fetch of keys
 * @param resourceUrl where clients find out who gives tokens for this API (RFC 9728 section 5.1)
 * @throws CastellanError `bad-authentication`, `bad-jwks`, `weak-key`, `provider-unreachable`, `provider-unusable`
 */
export async function tokenVerifier(
  scheme: SecurityScheme,
  configurations: readonly TokenConfiguration[],
  realm: string,
  fetch: Fetch,
  now: number,
  resourceUrl?: string,
): Promise<SchemeVerifier> {
  const sources: KeySources = new Map();
  const one = configurations.length === 1;
  const written = configurations.map((configuration, index) => ({
    where: `authentication.${scheme.name}${one ? '' : `[${index}]`}`,
    configuration,
  }));
  for (const { where, configuration } of written) checkConfiguration(where, configuration);
  const entries = written.flatMap(({ where, configuration }) =>
    issuersOf(where, configuration).map((entry) => ({ where, entry })),
  );
  checkChoice(scheme.name, entries);
  const opened = await Promise.all(
    entries.map(({ where, entry }) => openIssuer(scheme, where, entry, fetch, sources, now)),
  );
  const issuers = new Issuers(opened, resolvedOf(scheme.name, written), async ({ where }, configuration) => {
    const [entry] = issuersOf(where, configuration);
    if (entry === undefined) throw new Error('no issuer');
    return openIssuer(scheme, where, entry, fetch, sources, now);
  });
  const asking = opened.filter(({ introspects }) => introspects);
  const memory = new Memory<Verified>(Math.max(...configurations.map(cacheSize)));
  const renamed = renamedOptions(scheme.name, configurations);
  const last = new LastPresented();
  const read = tokenReader(scheme, configurations);
  const challenge = opened.find(({ binding }) => binding.challenge !== undefined)?.binding.challenge;

  const keep = (digest: string, settled: Verified | SchemeOutcome): Verified | SchemeOutcome => {
    // A key that left while this token was being verified must not be remembered by it.
    if ('confirmation' in settled && settled.expiresAt > 0 && settled.epoch === settled.by.keys.epoch)
      memory.set(digest, settled);
    return settled;
  };
  const judge = (found: Found, token: string, presented: Presented, request: SchemeRequest) => {
    if (found === 'unknown') return foreign;
    if (found === 'busy') return busy;
    if ('failed' in found)
      return { outcome: 'unavailable', reason: 'issuer-not-known', retryAfterSeconds: 5, log: found.failed } as const;
    if (found.opaqueOnly) return found.ask(token, presented.digest, request);
    if (found.decrypts && token === presented.token) return refused('bad-encryption');
    return found.verify(token, presented.digest, request);
  };
  /** Another issuer's token, or nobody's: no key is looked for here, and nothing is fetched. */
  const verifySigned = (
    token: string,
    presented: Presented,
    request: SchemeRequest,
  ): Verified | SchemeOutcome | Promise<Verified | SchemeOutcome> => {
    const named = claimedIssuer(token);
    const [asked] = asking;
    // An opaque token may look like a signed one, and one that names nobody may be anybody's who is asked.
    if (asked?.opaqueOnly === true && (named === undefined || named === ''))
      return asked.ask(token, presented.digest, request);
    if (named === undefined) return malformed;
    const found = issuers.find(named, request.now);
    return found instanceof Promise
      ? found.then((settled) => judge(settled, token, presented, request))
      : judge(found, token, presented, request);
  };
  const verifyEncrypted = async (presented: Presented, request: SchemeRequest): Promise<Verified | SchemeOutcome> => {
    for (const issuer of opened) {
      const inside = issuer.decrypts ? await issuer.decrypt(presented.token) : undefined;
      if (inside === undefined) continue;
      const named = claimedIssuer(inside);
      if (named === undefined) return malformed;
      if ((await issuers.find(named, request.now)) !== issuer) return foreign;
      return issuer.verify(inside, presented.digest, request);
    }
    return refused('bad-encryption');
  };
  const verify = (
    presented: Presented,
    request: SchemeRequest,
  ): Verified | SchemeOutcome | Promise<Verified | SchemeOutcome> => {
    const { token, digest } = presented;
    const parts = token.split('.', 6).length;
    if (parts === 3) return verifySigned(token, presented, request);
    if (parts === 5 && opened.some(({ decrypts }) => decrypts)) return verifyEncrypted(presented, request);
    const [asked] = asking;
    return asked === undefined ? malformed : asked.ask(token, digest, request);
  };
  const bind = (settled: Verified | SchemeOutcome, presented: Presented, request: SchemeRequest) =>
    'confirmation' in settled
      ? settled.by.binding.check(settled.confirmation, presented.token, presented.asDpop, request, settled.outcome)
      : settled;

  return {
    scheme,
    place: read.place,
    challenge: `Bearer realm="${realm}"${resourceUrl === undefined ? '' : `, resource_metadata="${resourceUrl}"`}${challenge === undefined ? '' : `, ${challenge}`}`,
    get notices() {
      return [...renamed, ...opened.flatMap((issuer) => issuer.notices())];
    },
    verify(request) {
      const field = read(request);
      const { connection } = request.incoming;
      const again = last.recall(connection, field);
      const presented = again ?? present(field, memory, read.bare);
      if (presented === undefined) return missing;
      const { token, digest } = presented;
      if (token.length > maxToken) return refused('token-too-long');
      const known = memory.get(digest, request.now);
      if (known !== undefined && isHeld(known, request.now) && issuers.trusts(known.by, request.now)) {
        if (again === undefined) last.note(connection, presented);
        const { keys } = known.by;
        if (request.now >= keys.refreshAt) keys.refresh(request.now);
        return bind(known, presented, request);
      }
      const settled = verify(presented, request);
      if (settled instanceof Promise) return settled.then((later) => bind(keep(digest, later), presented, request));
      return bind(settled, presented, request);
    },
  };
}

/** Whether the keys that verified a token are still those that count. */
function isHeld({ epoch, by: { keys } }: Verified, now: number): boolean {
  return epoch === keys.epoch && now < keys.trustedUntil;
}

const missing: SchemeOutcome = { outcome: 'missing' };
const malformed = refused('malformed-token');
const foreign = refused('claim-iss', 'the token is of another issuer, or names none');
const busy: SchemeOutcome = { outcome: 'throttled', retryAfterSeconds: 2 };

/** Takes the token out of the field; one that is too long is not hashed. */
function present(field: string | undefined, memory: Memory<Verified>, bare: boolean): Presented | undefined {
  if (field === undefined || field === '') return undefined;
  const bearer = schemeCredential(field, 'bearer');
  const token = bearer ?? schemeCredential(field, 'dpop') ?? (bare && !field.includes(' ') ? field : undefined);
  if (token === undefined) return undefined;
  const digest = token.length > maxToken ? '' : memory.digest(token);
  return { field, token, asDpop: bearer === undefined && token !== field, digest };
}

/** How a token is found in a request; `bare` where it stands without a scheme's name. */
type TokenReader = ((request: SchemeRequest) => string | undefined) & {
  readonly bare: boolean;
  readonly place?: Place | undefined;
};

/** @throws CastellanError `bad-authentication` */
function tokenReader(scheme: SecurityScheme, configurations: readonly TokenConfiguration[]): TokenReader {
  const places = new Map(
    configurations.flatMap(({ from }) => (from === undefined ? [] : [[JSON.stringify(from), from] as const])),
  );
  const where = `authentication.${scheme.name}.from`;
  if (places.size > 1) throw bad(`${where} says several places`, 'let every issuer of the scheme name the same');
  const [from] = places.values();
  if (from !== undefined && scheme.type === 'apiKey')
    throw bad(`${where} says where the token is, and so does the document`, 'remove it: the document is followed');
  const place = from === undefined ? placeOf(scheme) : writtenPlace(where, from);
  if (place === undefined || (place.in === 'header' && place.key.toLowerCase() === 'authorization'))
    return Object.assign((request: SchemeRequest) => request.authorization, { bare: scheme.type === 'apiKey' });
  return Object.assign(fieldReader(place.in, place.key), { bare: true, place });
}

function placeOf(scheme: SecurityScheme): Place | undefined {
  return scheme.type === 'apiKey' ? { in: scheme.in, key: scheme.key } : undefined;
}

function writtenPlace(where: string, from: TokenPlace): Place {
  const [place, another] = (['header', 'cookie', 'query'] as const).flatMap((kind) => {
    const key = from[kind];
    return key === undefined ? [] : [{ in: kind, key }];
  });
  if (place !== undefined && another === undefined) return place;
  throw bad(`${where} says ${place === undefined ? 'no place' : 'several places'}`, "write one: { cookie: '<name>' }");
}

function resolvedOf(
  name: string,
  written: readonly { readonly where: string; readonly configuration: TokenConfiguration }[],
): ResolvedEntry | undefined {
  const [found, another] = written.flatMap(({ where, configuration }) =>
    typeof configuration.issuer === 'function' ? [{ where, configuration, resolve: configuration.issuer }] : [],
  );
  if (another !== undefined) throw bad(`authentication.${name} has two functions that name issuers`, 'keep one');
  return found;
}

/** What would leave it open who is asked about a token. @throws CastellanError `bad-authentication` */
function checkChoice(name: string, entries: readonly { readonly entry: ReturnType<typeof issuersOf>[number] }[]): void {
  const names = entries.map(({ entry }) => entry.exact ?? entry.pattern?.source ?? '');
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) {
    throw twice === ''
      ? bad(`authentication.${name} has several entries without issuer`, 'give each but one its issuer')
      : bad(`authentication.${name} names issuer '${twice.slice(0, 200)}' twice`, 'keep one of them');
  }
  if (entries.filter(({ entry }) => entry.configuration.introspection !== undefined).length > 1)
    throw bad(
      `authentication.${name} has several issuers with introspection, and an opaque token names none: it would be shown to all`,
      'keep it for one of them, or declare a security scheme for each',
    );
}

function checkConfiguration(where: string, configuration: TokenConfiguration): void {
  const { algorithms, secret, jwks, introspection } = configuration;
  if (secret !== undefined && (jwks !== undefined || introspection !== undefined))
    throw bad(`${where} has a secret and ${jwks === undefined ? 'introspection' : 'jwks'}`, 'keep one of them');
  for (const algorithm of algorithms ?? []) {
    if (algorithm.toLowerCase() === 'none') {
      throw new CastellanError({
        code: 'mock-identity',
        message: `${where}.algorithms has 'none': anybody could write any token`,
        mend: `use some of ${asymmetricAlgorithms.join(', ')}`,
      });
    }
    if (!signatureAlgorithms.has(algorithm))
      throw bad(`${where}.algorithms has '${algorithm}'`, `use some of ${asymmetricAlgorithms.join(', ')}`);
    if (secret !== undefined && signatureAlgorithms.get(algorithm)?.kty !== 'oct')
      throw bad(`${where}.algorithms has ${algorithm}, which no secret verifies`, 'use HS256, HS384 or HS512');
  }
  const kinds = new Set((algorithms ?? []).map((name) => signatureAlgorithms.get(name)?.kty === 'oct'));
  if (kinds.size > 1)
    throw bad(`${where}.algorithms mixes shared secrets with public keys`, 'choose one kind: HS… or the others');
}

function bad(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'bad-authentication', message, mend });
}
