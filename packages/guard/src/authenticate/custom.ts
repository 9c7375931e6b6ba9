import type { SecurityScheme } from '@castellan/contract';
import type { Credential } from '../auth-context.ts';
import type { Identity, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { reader } from './api-key.ts';
import { frozen } from './claims.ts';
import type { VerifyConfiguration } from './configuration.ts';
import { basicCredential, bearerCredential, schemeCredential } from './credential.ts';

/**
 * A verifier that the application brings. What it throws means that nobody can say now: 503.
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
      const credential = read(request);
      if (credential === undefined || credential === '') return { outcome: 'missing' };
      let identity;
      try {
        identity = await configuration.verify(credential, request);
      } catch {
        return { outcome: 'unavailable', reason: 'verifier-failed', retryAfterSeconds: 5 };
      }
      if (
        identity === undefined ||
        identity === null ||
        typeof identity.subject !== 'string' ||
        identity.subject === ''
      ) {
        return {
          outcome: 'refused',
          reason: 'verifier-refused',
          challenge: scheme.type === 'apiKey' ? undefined : 'error="invalid_token"',
        };
      }
      if (identity.expiresAt !== undefined && identity.expiresAt <= request.now)
        return { outcome: 'refused', reason: 'expired' };
      return {
        outcome: 'verified',
        identity: {
          subject: identity.subject,
          issuer: identity.issuer ?? scheme.name,
          scopes: Object.freeze([...(identity.scopes ?? [])]),
          groups: Object.freeze([...(identity.groups ?? [])]),
          claims: frozen({ ...identity.claims }) as Identity['claims'],
          credential: Object.freeze({
            kind,
            id: identity.subject,
            ...(identity.expiresAt === undefined ? {} : { expiresAt: identity.expiresAt }),
          }),
          ...(identity.tenant === undefined ? {} : { tenant: identity.tenant }),
        },
      };
    },
  };
}

export function challengeOf(scheme: SecurityScheme, realm: string): string | undefined {
  if (scheme.type === 'oauth2' || scheme.type === 'openIdConnect') return `Bearer realm="${realm}"`;
  if (scheme.type !== 'http') return undefined;
  if (scheme.scheme === 'bearer' || scheme.scheme === 'dpop') return `Bearer realm="${realm}"`;
  if (scheme.scheme === 'basic') return `Basic realm="${realm}", charset="UTF-8"`;
  return scheme.scheme;
}

function credentialReader(scheme: SecurityScheme): (request: SchemeRequest) => string | undefined {
  if (scheme.type === 'apiKey') return reader(scheme.in, scheme.key);
  if (scheme.type === 'http' && scheme.scheme === 'basic') {
    return (request) => {
      const credential = basicCredential(request.authorization);
      return credential === undefined ? undefined : `${credential.user}:${credential.password}`;
    };
  }
  if (scheme.type === 'http' && scheme.scheme !== 'bearer')
    return (request) => schemeCredential(request.authorization, scheme.scheme);
  if (scheme.type === 'mutualTLS') return (request) => request.incoming.clientCertificate?.()?.fingerprint256;
  return (request) => bearerCredential(request.authorization);
}
