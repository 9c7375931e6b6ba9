import type { SecurityScheme } from '@castellan/contract';
import type { SchemeOutcome, SchemeRequest } from '../scheme.ts';
import { asymmetricAlgorithms } from './algorithms.ts';
import { compileBinding, confirmationOf, type Binding, type Confirmation } from './binding.ts';
import { claimPath, type ClaimPath } from './claim-path.ts';
import { ClaimPresence } from './claim-presence.ts';
import {
  checkBounds,
  checkClaims,
  claimedIssuer,
  identityOf,
  readClaims,
  tenantOf,
  typeFits,
  usualSubject,
  type ClaimPlaces,
  type ClaimProblem,
  type ClaimRules,
  type Claims,
} from './claims.ts';
import { decryptToken } from './decrypt.ts';
import { issuerNotices } from './development.ts';
import { groupsOf, groupsRule } from './group-claims.ts';
import type { IssuerEntry } from './issuer-choice.ts';
import { KeysUnavailable, type KeySource } from './key-source.ts';
import { connectionFetch } from './provider-connection.ts';
import type { Fetch } from './provider-fetch.ts';
import { LocalReplayMemory } from './replay.ts';
import { requiredRules } from './required-claims.ts';
import { verifySignature, type SignatureResult } from './signature.ts';
import { addressesOf, openProvider, type KeySources } from './token-provider.ts';
import type { TokenConfiguration } from './token-configuration.ts';
import { useOnce } from './use-once.ts';

/** A token that was verified: good until it expires, a key leaves the set, or it is revoked. */
export interface Verified {
  /** Until when, milliseconds since the epoch, it may be remembered; 0 where it may not. */
  readonly expiresAt: number;
  readonly outcome: SchemeOutcome;
  readonly confirmation: Confirmation;
  readonly by: TrustedIssuer;
  /** Of the keys that verified it. */
  readonly epoch: number;
}

/** A trusted issuer of tokens, or the issuers of one form. */
export interface TrustedIssuer {
  readonly entry: IssuerEntry;
  readonly keys: KeySource;
  readonly binding: Binding;
  /** True where no token is verified by its signature. */
  readonly opaqueOnly: boolean;
  readonly introspects: boolean;
  readonly decrypts: boolean;
  readonly notices: () => readonly {
    code: string;
    message: string;
    fatalInProduction: boolean;
    mend?: string | undefined;
  }[];
  /** Verifies a signed token, and asks about it where all are asked about. */
  readonly verify: (token: string, digest: string, request: SchemeRequest) => Promise<Verified | SchemeOutcome>;
  /** Asks the provider about a token that was not verified here. */
  readonly ask: (token: string, digest: string, request: SchemeRequest) => Promise<Verified | SchemeOutcome>;
  /** What is inside an encrypted token; undefined where it is not for this one. */
  readonly decrypt: (token: string) => Promise<string | undefined>;
}

/** @returns why a token is refused */
export function refused(reason: string, log?: string): SchemeOutcome {
  return { outcome: 'refused', reason, challenge: 'error="invalid_token"', ...(log === undefined ? {} : { log }) };
}

const refusedFor = ({ reason, log }: ClaimProblem): SchemeOutcome => refused(reason, log);

/**
 * Opens who vouches for an issuer's tokens: keys, answers about opaque tokens, rules for claims.
 * @param where names the entry in messages
 * @param now milliseconds since the epoch, for the first fetch of keys
 * @throws CastellanError
 */
export async function openIssuer(
  scheme: SecurityScheme,
  where: string,
  entry: IssuerEntry,
  fetch: Fetch,
  sources: KeySources,
  now: number,
): Promise<TrustedIssuer> {
  const { configuration, name } = entry;
  const { clockSkew = 30, introspection, decryption, type } = configuration;
  const rules = rulesOf(where, entry, clockSkew);
  const reach = connectionFetch(where, configuration.connection, fetch);
  const provider = await openProvider(scheme, configuration, entry, where, rules, reach, sources, now);
  const { keys } = provider;
  const all = [keys, ...provider.more];
  const algorithms = [...(configuration.algorithms ?? keys.algorithms ?? asymmetricAlgorithms)];
  const once = configuration.once === true ? (configuration.replay ?? new LocalReplayMemory()) : undefined;
  const places = placesOf(entry);
  const presence = new ClaimPresence(
    where.replace(/^authentication\./, ''),
    {
      groups: configuration.groups !== undefined,
      tenant: configuration.tenant !== undefined,
      optionalGroups: configuration.optionalGroups === true,
    },
    { groups: places.groups.paths, tenant: places.tenant === undefined ? [] : [places.tenant] },
  );
  const addresses = addressesOf(scheme, configuration);

  const verifiedBy = (
    claims: Claims,
    kind: 'jwt' | 'opaque-token',
    digest: string,
    expiresAt: number,
    epoch: number,
  ): Verified => {
    const confirmation = confirmationOf(claims);
    const boundTo = 'thumbprint' in confirmation ? confirmation.thumbprint : undefined;
    const id = Buffer.from(digest, 'binary').toString('hex').slice(0, 16);
    const vouching = entry.exact ?? (typeof claims['iss'] === 'string' ? claims['iss'] : scheme.name);
    const identity = identityOf(claims, vouching, kind, id, places, boundTo);
    const unknown = presence.unknownOf(claims, identity.groups, identity.tenant);
    const known = unknown.length === 0 ? identity : { ...identity, unknown };
    return { expiresAt, confirmation, outcome: { outcome: 'verified', identity: known }, by: it, epoch };
  };

  const signatureOf = async (token: string, at: number): Promise<SignatureResult> => {
    const named = entry.exact ?? (entry.pattern === undefined ? undefined : claimedIssuer(token));
    let result: SignatureResult = { problem: 'unknown-key' };
    for (const source of all) {
      result = await verifySignature(token, algorithms, (header) => source.find(header, at, named));
      if ('header' in result || result.problem !== 'bad-signature') break;
    }
    return result;
  };

  const verifyJwt = async (
    token: string,
    digest: string,
    request: SchemeRequest,
  ): Promise<Verified | SchemeOutcome> => {
    const at = request.now;
    const { epoch } = keys;
    const result = await signatureOf(token, at);
    if ('problem' in result) return refused(result.problem);
    if (!typeFits(result.header.typ, type)) return refused('token-type', `typ is not ${type ?? 'JWT or at+jwt'}`);
    const claims = readClaims(result.payload);
    if (claims === undefined) return refused('malformed-token');
    const problem = checkClaims(claims, rules, at);
    if (problem !== undefined) return refusedFor(problem);
    if (groupsOf(claims, places.groups, tenantOf(claims, places)) === undefined) return refused('claim-groups');
    const until = (Number(claims['exp']) + clockSkew) * 1000;
    const used = await useUp(claims, request, until);
    return used ?? verifiedBy(claims, 'jwt', digest, once === undefined ? until : 0, epoch);
  };

  /** Uses up a token that is good once. @returns why it is not good any more */
  const useUp = async (claims: Claims, request: SchemeRequest, until: number): Promise<SchemeOutcome | undefined> => {
    if (once === undefined) return undefined;
    const use = await useOnce(once, request, `${String(claims['iss'] ?? name)} ${String(claims['jti'])}`, until);
    if (use === 'full') return { outcome: 'throttled', retryAfterSeconds: 30 };
    return use === 'used' ? refused('token-used-before') : undefined;
  };

  /** @param checked whether the token was verified here as well: then its own claims say how often it is good, and how long */
  const ask = async (
    token: string,
    digest: string,
    request: SchemeRequest,
    checked: boolean,
  ): Promise<Verified | SchemeOutcome> => {
    const at = request.now;
    const answer = await provider.introspect?.(token, at);
    switch (answer?.outcome) {
      case 'active': {
        const { claims, expiresAt } = answer;
        const bounded = checked ? undefined : checkBounds(claims, rules);
        if (bounded !== undefined) return refusedFor(bounded);
        if (groupsOf(claims, places.groups, tenantOf(claims, places)) === undefined) return refused('claim-groups');
        const used = checked ? undefined : await useUp(claims, request, expiresAt);
        if (used !== undefined) return used;
        const keptUntil = once === undefined ? Math.min(expiresAt, at + (introspection?.cache ?? 0) * 1000) : 0;
        return verifiedBy(claims, 'opaque-token', digest, keptUntil > at ? keptUntil : 0, keys.epoch);
      }
      case 'refused':
        return refusedFor(answer);
      case 'unavailable':
        return { outcome: 'unavailable', reason: 'introspection-out-of-reach', retryAfterSeconds: 5, log: answer.log };
      case 'busy':
        return { outcome: 'throttled', retryAfterSeconds: 2 };
      case undefined:
        return refused('malformed-token');
    }
  };

  const it: TrustedIssuer = {
    entry,
    keys,
    binding: compileBinding(where, configuration.proof, clockSkew, configuration.replay),
    opaqueOnly: provider.opaqueOnly,
    introspects: provider.introspect !== undefined,
    decrypts: decryption !== undefined,
    notices: () => [
      ...issuerNotices(scheme.name, name, algorithms, addresses, configuration.connection?.hosts),
      ...(entry.exact === undefined && entry.pattern !== undefined ? [anyTenant(where, name)] : []),
      ...all.flatMap((source) => source.notices),
      ...presence.notices,
    ],
    ask: (token, digest, request) => ask(token, digest, request, false),
    async verify(token, digest, request) {
      try {
        const verified = await verifyJwt(token, digest, request);
        return introspection?.all === true && 'confirmation' in verified
          ? await ask(token, digest, request, true)
          : verified;
      } catch (error) {
        if (!(error instanceof KeysUnavailable)) throw error;
        return { outcome: 'unavailable', reason: error.reason, retryAfterSeconds: 5, log: error.message };
      }
    },
    decrypt: (token) => (decryption === undefined ? Promise.resolve(undefined) : decryptToken(token, decryption)),
  };
  return it;
}

function rulesOf(where: string, { configuration, exact, pattern }: IssuerEntry, clockSkew: number): ClaimRules {
  return {
    issuerFits: (iss) => {
      if (exact !== undefined) return iss === exact;
      return pattern === undefined ? true : typeof iss === 'string' && pattern.test(iss);
    },
    audience: configuration.audience,
    clockSkew,
    maxLifetime: configuration.maxLifetime,
    once: configuration.once,
    required: requiredRules(where, configuration),
    subject: subjectPaths(configuration),
  };
}

function subjectPaths({ subject }: TokenConfiguration): readonly ClaimPath[] {
  return subject === undefined ? usualSubject : [subject].flat().map((text: string) => claimPath(text));
}

function placesOf({ configuration, pattern }: IssuerEntry): ClaimPlaces {
  const { groups, scopes, tenant } = configuration;
  const ofIssuer = (form: RegExp): ClaimPath => ({
    text: 'iss',
    top: 'iss',
    read: (claims) => form.exec(String(claims['iss']))?.[1],
  });
  return {
    subject: subjectPaths(configuration),
    groups: groupsRule(groups),
    scopes: scopes === undefined ? undefined : [scopes].flat().map((text: string) => claimPath(text)),
    tenant: tenant === undefined ? (pattern === undefined ? undefined : ofIssuer(pattern)) : claimPath(tenant),
  };
}

function anyTenant(where: string, issuer: string): ReturnType<TrustedIssuer['notices']>[number] {
  return {
    code: 'any-tenant',
    message: `${where} takes tokens of every tenant of ${issuer}: whoever has an account anywhere there can call`,
    fatalInProduction: false,
  };
}
