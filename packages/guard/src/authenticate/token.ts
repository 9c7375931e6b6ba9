import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { asymmetricAlgorithms, signatureAlgorithms } from './algorithms.ts';
import { ClaimPresence } from './claim-presence.ts';
import { compileBinding, confirmationOf, type Confirmation } from './binding.ts';
import {
  checkClaims,
  claimedIssuer,
  claimPath,
  groupsOf,
  identityOf,
  readClaims,
  typeFits,
  type ClaimPaths,
} from './claims.ts';
import type { TokenConfiguration } from './configuration.ts';
import { schemeCredential } from './credential.ts';
import { decryptToken } from './decrypt.ts';
import { KeysUnavailable } from './key-source.ts';
import { Memory } from './memory.ts';
import type { Fetch } from './provider-fetch.ts';
import { issuerNotices } from './development.ts';
import { LastPresented, type Presented } from './presented.ts';
import { LocalReplayMemory } from './replay.ts';
import { verifySignature, type SignatureProblem } from './signature.ts';
import { addressesOf, openProvider } from './token-provider.ts';
import { useOnce } from './use-once.ts';

/** A token that was verified: good until it expires, a key leaves the set, or it is revoked. */
interface Remembered {
  readonly expiresAt: number;
  readonly outcome: SchemeOutcome;
  readonly confirmation: Confirmation;
}

/** A token that cannot be this long is not looked at: verification costs what the caller decides. */
const maxToken = 16 * 1024;

/**
 * Verifies access tokens: signed JSON Web Tokens (RFC 7519, RFC 8725, RFC 9068) and opaque ones (RFC 7662), bound to a
 * key or not (RFC 9449, RFC 8705). A verified token is remembered until it expires.
 * @param now milliseconds since the epoch, for the first fetch of keys
 * @throws CastellanError `bad-authentication`, `bad-jwks`, `weak-key`, `provider-unreachable`, `provider-unusable`
 */
export async function tokenVerifier(
  scheme: SecurityScheme,
  configuration: TokenConfiguration,
  realm: string,
  fetch: Fetch,
  now: number,
): Promise<SchemeVerifier> {
  const where = `authentication.${scheme.name}`;
  checkConfiguration(where, configuration);
  const { issuer, clockSkew = 30, introspection } = configuration;
  const provider = await openProvider(scheme, configuration, where, fetch, now);
  const { keys } = provider;
  const algorithms = [...(configuration.algorithms ?? keys.algorithms ?? asymmetricAlgorithms)];
  const rules = { ...configuration, clockSkew };
  const binding = compileBinding(where, configuration.proof, clockSkew);
  const once = configuration.once === true ? (configuration.replay ?? new LocalReplayMemory()) : undefined;
  const paths: ClaimPaths = {
    groups: claimPath(configuration.groups ?? 'claims.groups'),
    tenant: configuration.tenant === undefined ? undefined : claimPath(configuration.tenant),
  };
  const presence = new ClaimPresence(
    scheme.name,
    {
      groups: configuration.groups,
      tenant: configuration.tenant,
      optionalGroups: configuration.optionalGroups === true,
    },
    paths,
  );
  const memory = new Memory<Remembered>(configuration.remember);
  const last = new LastPresented();
  const addresses = addressesOf(scheme, configuration);
  let epoch = keys.epoch;

  const verifyJwt = async (
    token: string,
    digest: string,
    request: SchemeRequest,
  ): Promise<Remembered | SchemeOutcome> => {
    const at = request.now;
    const signed = await unwrapped(token, configuration);
    if (signed === undefined) return refused('bad-encryption');
    const named = claimedIssuer(signed);
    // Another issuer's token: nobody is asked for its keys here.
    if (named !== undefined && named !== issuer) return refused('claim-iss');
    const began = keys.epoch;
    const result = await verifySignature(signed, algorithms, (header) => keys.find(header, at));
    if ('problem' in result) return refused(result.problem);
    if (!typeFits(result.header.typ, configuration.type)) return refused('token-type');
    const claims = readClaims(result.payload);
    if (claims === undefined) return refused('malformed-token');
    const reason = checkClaims(claims, rules, at);
    if (reason !== undefined) return refused(reason);
    if (groupsOf(claims, paths.groups) === undefined) return refused('claim-groups');
    if (once !== undefined) {
      const until = (Number(claims['exp']) + clockSkew) * 1000;
      const use = await useOnce(once, request, `${issuer} ${String(claims['jti'])}`, until);
      if (use === 'full') return { outcome: 'throttled', retryAfterSeconds: 30 };
      if (use === 'used') return refused('token-used-before');
    }
    const entry = entryOf(claims, 'jwt', digest, (Number(claims['exp']) + clockSkew) * 1000, paths, issuer, presence);
    // A key that left while this token was being verified must not be remembered by it.
    if (once === undefined && introspection?.all !== true && began === keys.epoch) memory.set(digest, entry);
    return entry;
  };

  const ask = async (token: string, digest: string, at: number): Promise<Remembered | SchemeOutcome> => {
    const answer = await provider.introspect?.(token, at);
    switch (answer?.outcome) {
      case 'active': {
        if (groupsOf(answer.claims, paths.groups) === undefined) return refused('claim-groups');
        const entry = entryOf(answer.claims, 'opaque-token', digest, answer.expiresAt, paths, issuer, presence);
        const keptUntil = Math.min(entry.expiresAt, at + (introspection?.cache ?? 0) * 1000);
        if (keptUntil > at) memory.set(digest, { ...entry, expiresAt: keptUntil });
        return entry;
      }
      case 'refused':
        return refused(answer.reason);
      case 'unavailable':
        return { outcome: 'unavailable', reason: 'introspection-out-of-reach', retryAfterSeconds: 5, log: answer.log };
      case 'busy':
        return { outcome: 'throttled', retryAfterSeconds: 2 };
      case undefined:
        return refused('malformed-token');
    }
  };

  const verify = async (token: string, digest: string, request: SchemeRequest): Promise<Remembered | SchemeOutcome> => {
    try {
      if (provider.opaqueOnly || (provider.introspect !== undefined && !looksSigned(token, configuration)))
        return await ask(token, digest, request.now);
      const entry = await verifyJwt(token, digest, request);
      return introspection?.all === true && 'confirmation' in entry ? await ask(token, digest, request.now) : entry;
    } catch (error) {
      return unavailable(error);
    }
  };

  return {
    scheme,
    challenge: `Bearer realm="${realm}"${binding.challenge === undefined ? '' : `, ${binding.challenge}`}`,
    get notices() {
      return [...issuerNotices(scheme.name, issuer, algorithms, addresses), ...keys.notices, ...presence.notices];
    },
    verify(request) {
      const { authorization, now: at } = request;
      const { connection } = request.incoming;
      const again = last.recall(connection, authorization);
      const presented = again ?? present(authorization, memory);
      if (presented === undefined) return missing;
      const { token, asDpop, digest } = presented;
      if (token.length > maxToken) return refused('token-too-long');
      if (keys.epoch !== epoch) {
        epoch = keys.epoch;
        memory.clear();
      }
      const known = at < keys.trustedUntil ? memory.get(digest, at) : undefined;
      if (known !== undefined) {
        if (again === undefined) last.note(connection, presented);
        if (at >= keys.refreshAt) keys.refresh(at);
        return binding.check(known.confirmation, token, asDpop, request, known.outcome);
      }
      return verify(token, digest, request).then((entry) =>
        'confirmation' in entry ? binding.check(entry.confirmation, token, asDpop, request, entry.outcome) : entry,
      );
    },
  };
}

/** Takes the token out of the field; one that is too long is not hashed. */
function present(field: string | undefined, memory: Memory<Remembered>): Presented | undefined {
  const bearer = schemeCredential(field, 'bearer');
  const token = bearer ?? schemeCredential(field, 'dpop');
  if (field === undefined || token === undefined) return undefined;
  const digest = token.length > maxToken ? '' : memory.digest(token);
  return { field, token, asDpop: bearer === undefined, digest };
}

const missing: SchemeOutcome = { outcome: 'missing' };

function entryOf(
  claims: Parameters<typeof identityOf>[0],
  kind: 'jwt' | 'opaque-token',
  digest: string,
  expiresAt: number,
  paths: ClaimPaths,
  issuer: string,
  presence: ClaimPresence,
): Remembered {
  const confirmation = confirmationOf(claims);
  const boundTo = 'thumbprint' in confirmation ? confirmation.thumbprint : undefined;
  const name = Buffer.from(digest, 'binary').toString('hex').slice(0, 16);
  const identity = identityOf(claims, issuer, kind, name, paths, boundTo);
  const unknown = presence.unknownOf(claims, identity.groups);
  const known = unknown.length === 0 ? identity : { ...identity, unknown };
  return { expiresAt, confirmation, outcome: { outcome: 'verified', identity: known } };
}

/** The signed token inside an encrypted one. Where decryption is configured every token must be encrypted. */
async function unwrapped(token: string, { decryption }: TokenConfiguration): Promise<string | undefined> {
  if (decryption === undefined) return token;
  return decryptToken(token, decryption);
}

function looksSigned(token: string, { decryption }: TokenConfiguration): boolean {
  const parts = token.split('.', 6).length;
  return parts === 3 || (parts === 5 && decryption !== undefined);
}

function refused(reason: string | SignatureProblem): SchemeOutcome {
  return { outcome: 'refused', reason, challenge: 'error="invalid_token"' };
}

function unavailable(error: unknown): SchemeOutcome {
  if (!(error instanceof KeysUnavailable)) throw error;
  return { outcome: 'unavailable', reason: error.reason, retryAfterSeconds: 5, log: error.message };
}

function checkConfiguration(where: string, configuration: TokenConfiguration): void {
  const { algorithms } = configuration;
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
  }
  const kinds = new Set((algorithms ?? []).map((name) => signatureAlgorithms.get(name)?.kty === 'oct'));
  if (kinds.size > 1)
    throw bad(`${where}.algorithms mixes shared secrets with public keys`, 'choose one kind: HS… or the others');
}

function bad(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'bad-authentication', message, mend });
}
