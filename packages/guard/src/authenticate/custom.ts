import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { Credential } from '../auth-context.ts';
import { moment } from '../configuration/quantities.ts';
import { anyObject, list, object, objectOf, scopes, text } from '../configuration/reader.ts';
import type { Identity, SchemeVerifier } from '../scheme.ts';
import { frozen } from './claims.ts';
import type { VerifiedIdentity, VerifyConfiguration } from './configuration.ts';
import { challengeOf, credentialReader } from './scheme-credential.ts';
import { describe, isOutage } from './thrown.ts';

type VerifiedFacts = VerifiedIdentity & { readonly subject: string };

/** Parts of the answer that are of use here; an application may say more. */
const facts = object<Omit<VerifiedFacts, 'authenticatedAt'>>(
  {
    subject: text,
    issuer: text,
    scopes,
    groups: list(text),
    claims: anyObject('{ … }'),
    tenant: text,
    expiresAt: moment,
    issuedAt: moment,
  },
  ['subject'],
);
const factNames = ['subject', 'issuer', 'scopes', 'groups', 'claims', 'tenant', 'expiresAt', 'issuedAt'] as const;

/** @throws CastellanError */
function readIdentity(value: unknown, where: string): VerifiedFacts {
  const given = objectOf(value, where, "{ subject: 'ada' }");
  return facts(Object.fromEntries(factNames.map((name) => [name, given[name] ?? undefined])), where);
}

/**
 * A verifier that the application brings. What it throws is a refusal; where it says that something is out of reach,
 * nobody can say now: 503.
 * @param mock it was found to accept anything
 */
export function customVerifier(
  scheme: SecurityScheme,
  configuration: VerifyConfiguration,
  realm: string,
  mock = false,
): SchemeVerifier {
  const read = credentialReader(scheme);
  const kind: Credential['kind'] =
    scheme.type === 'apiKey' ? 'api-key' : scheme.type === 'http' && scheme.scheme === 'basic' ? 'password' : 'custom';
  const refusedChallenge = scheme.type === 'apiKey' ? undefined : 'error="invalid_token"';
  return {
    scheme,
    challenge: challengeOf(scheme, realm),
    notices: mock
      ? [
          {
            code: 'mock-identity',
            message: `authentication.${scheme.name}.verify accepts credentials that nobody gave out`,
            fatalInProduction: true,
            mend: 'verify credentials against a real store or provider',
          },
        ]
      : [],
    async verify(request) {
      const credential = read(request) ?? '';
      const none = credential === '';
      if (none && configuration.anonymous !== true) return { outcome: 'missing' };
      let identity: unknown;
      try {
        identity = await configuration.verify(credential, request);
      } catch (error) {
        const log = `${scheme.name}: verify threw ${describe(error)}`;
        // A token library throws for what is not good; what is out of reach says nothing about the credential.
        return isOutage(error)
          ? { outcome: 'unavailable', reason: 'verifier-failed', retryAfterSeconds: 5, log }
          : { outcome: 'refused', reason: 'verifier-threw', challenge: refusedChallenge, log };
      }
      if (identity === undefined || identity === null || identity === false)
        // Who shows nothing and is not known by anything else shows nothing.
        return none
          ? { outcome: 'missing' }
          : { outcome: 'refused', reason: 'verifier-refused', challenge: refusedChallenge };
      const { forbidden } = identity as { readonly forbidden?: unknown };
      if (forbidden !== undefined && forbidden !== false) {
        const log = `${scheme.name}: verify says that the caller may not call: ${String(forbidden).slice(0, 200)}`;
        return { outcome: 'forbidden', reason: 'verifier-forbade', log };
      }
      let known: VerifiedFacts;
      try {
        known = readIdentity(identity, `the answer of authentication.${scheme.name}.verify`);
      } catch (error) {
        // Scopes or an end that nobody can read would be guessed.
        return {
          outcome: 'refused',
          reason: 'verifier-answer',
          challenge: refusedChallenge,
          log: error instanceof CastellanError ? `${error.message}: ${error.mend ?? ''}` : 'unreadable',
        };
      }
      if (known.expiresAt !== undefined && known.expiresAt <= request.now)
        return { outcome: 'refused', reason: 'expired', challenge: refusedChallenge };
      return {
        outcome: 'verified',
        identity: {
          subject: known.subject,
          issuer: known.issuer ?? scheme.name,
          scopes: Object.freeze([...(known.scopes ?? [])]),
          groups: Object.freeze([...(known.groups ?? [])]),
          claims: frozen({ ...known.claims }) as Identity['claims'],
          credential: Object.freeze({
            kind,
            id: known.subject,
            ...(known.expiresAt === undefined ? {} : { expiresAt: known.expiresAt }),
          }),
          ...(known.tenant === undefined ? {} : { tenant: known.tenant }),
          ...(known.issuedAt === undefined ? {} : { issuedAt: known.issuedAt }),
        },
      };
    },
  };
}
