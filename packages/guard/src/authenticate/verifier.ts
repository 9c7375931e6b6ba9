import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { KeyStore, UserStore } from '../keys/store.ts';
import type { SchemeVerifier } from '../scheme.ts';
import type { Attempts } from './attempts.ts';
import type { SchemeConfiguration } from './configuration.ts';
import { exampleOf } from './example.ts';
import type { Fetch } from './provider-fetch.ts';

/** What verifiers share. */
export interface VerifierNeeds {
  readonly realm: string;
  readonly fetch: Fetch;
  readonly attempts: Attempts;
  readonly clock: () => number;
}

/**
 * Makes the verifier of one security scheme; only what that scheme needs is loaded.
 * @throws CastellanError `bad-authentication`, `digest-refused`, and what the schemes throw
 */
export async function verifierOf(
  scheme: SecurityScheme,
  configuration: SchemeConfiguration,
  needs: VerifierNeeds,
): Promise<SchemeVerifier> {
  refuseDigest(scheme);
  const verifier = await plainVerifier(scheme, configuration, needs);
  if (scheme.type !== 'apiKey' || scheme.in !== 'cookie') return verifier;
  const { withCsrfDefence } = await import('./csrf.ts');
  return withCsrfDefence(scheme, verifier, 'csrf' in configuration ? configuration.csrf : undefined);
}

async function plainVerifier(
  scheme: SecurityScheme,
  configuration: SchemeConfiguration,
  needs: VerifierNeeds,
): Promise<SchemeVerifier> {
  const { realm, fetch, attempts, clock } = needs;
  if ('verify' in configuration) {
    const [{ acceptsAnything }, { customVerifier }] = await Promise.all([
      import('./development.ts'),
      import('./custom.ts'),
    ]);
    const mock = await acceptsAnything(configuration, clock());
    return customVerifier(scheme, configuration, realm, mock);
  }
  const http = scheme.type === 'http' ? scheme.scheme : undefined;
  const bearer = scheme.type === 'oauth2' || scheme.type === 'openIdConnect' || http === 'bearer' || http === 'dpop';
  if (bearer && 'issuer' in configuration)
    return (await import('./token.ts')).tokenVerifier(scheme, configuration, realm, fetch, clock());
  if (scheme.type === 'apiKey') {
    if ('keys' in configuration) return (await import('./api-key.ts')).apiKeyVerifier(scheme, configuration, attempts);
    if ('sessions' in configuration && scheme.in === 'cookie')
      return (await import('./session.ts')).sessionVerifier(scheme, configuration);
    if ('store' in configuration && isStore<KeyStore>(configuration.store))
      return (await import('./stored-keys.ts')).storedKeyVerifier(scheme, configuration.store, attempts, clock);
  }
  if (http === 'basic') {
    const { basicVerifier } = await import('./basic.ts');
    if ('users' in configuration) return basicVerifier(scheme, configuration, realm, attempts, clock);
    if ('store' in configuration && isStore<UserStore>(configuration.store))
      return basicVerifier(scheme, { store: configuration.store }, realm, attempts, clock);
  }
  if (http === 'signature' && 'signatures' in configuration)
    return (await import('./message-signature.ts')).messageSignatureVerifier(scheme, configuration);
  if (scheme.type === 'mutualTLS' && 'certificates' in configuration)
    return (await import('./certificate.ts')).certificateVerifier(scheme, configuration);
  throw new CastellanError({
    code: 'bad-authentication',
    message: `authentication.${scheme.name} does not fit its scheme (${scheme.type}${http === undefined ? '' : ` ${http}`})`,
    mend: `write ${exampleOf(scheme)}`,
  });
}

function isStore<S extends KeyStore | UserStore>(store: unknown): store is string | S {
  return typeof store === 'string' || (typeof store === 'object' && store !== null && 'find' in store);
}

function refuseDigest(scheme: SecurityScheme): void {
  if (scheme.type !== 'http' || scheme.scheme !== 'digest') return;
  throw new CastellanError({
    code: 'digest-refused',
    message: `security scheme ${scheme.name} is http digest, which needs the server to keep what is as good as the password and lets a man in the middle ask for MD5`,
    mend: 'declare basic over TLS, or better bearer; passwords are then kept as Argon2id hashes only',
  });
}
