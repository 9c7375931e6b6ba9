import { CastellanError, type Contract, type SecurityScheme } from '@castellan/contract';
import type { KeyStore, UserStore } from '../keys/store.ts';
import type { SchemeVerifier } from '../scheme.ts';
import type { AskApi } from './ask-api.ts';
import type { Attempts } from './attempts.ts';
import type { SchemeConfiguration, TokenConfiguration } from './configuration.ts';
import { exampleOf } from './example.ts';
import type { Fetch } from './provider-fetch.ts';

/** What verifiers share. */
export interface VerifierNeeds {
  readonly realm: string;
  /** Where clients find out who gives tokens for this API (RFC 9728). */
  readonly resourceUrl?: string | undefined;
  readonly fetch: Fetch;
  readonly attempts: Attempts;
  readonly clock: () => number;
  readonly contract: Contract;
  /** Asks operations of the API; undefined where nothing can. */
  readonly ask?: AskApi | undefined;
  /** The prefix of the API here, where it is not what its servers say. */
  readonly basePath?: string | undefined;
  /** Origins whose pages may send requests with credentials: those of CORS. */
  readonly origins: readonly string[];
}

/**
 * Makes the verifier of one security scheme; only what that scheme needs is loaded.
 * @throws CastellanError `bad-authentication`, and what the schemes throw
 */
export async function verifierOf(
  scheme: SecurityScheme,
  configuration: SchemeConfiguration,
  needs: VerifierNeeds,
): Promise<SchemeVerifier> {
  if ('upstream' in configuration || 'whoami' in configuration) {
    const { upstreamVerifier } = await import('./upstream.ts');
    const passing = upstreamVerifier(scheme, needs.realm, true, needs.attempts);
    if ('upstream' in configuration) return passing;
    const [{ whoamiVerifier }, { askAt }] = await Promise.all([import('./whoami.ts'), import('./ask-api.ts')]);
    const ask = configuration.at === undefined ? needs.ask : askAt(configuration.at, needs.fetch);
    const { contract, attempts, basePath } = needs;
    return whoamiVerifier(scheme, configuration, contract, passing, ask, attempts, basePath);
  }
  const verifier = await plainVerifier(scheme, configuration, needs);
  const csrf = 'csrf' in configuration ? configuration.csrf : undefined;
  if (sentByBrowsers(scheme)) return (await import('./csrf.ts')).withOriginCheck(verifier, csrf, needs.origins);
  const cookie = cookieOf(scheme, configuration);
  if (cookie === undefined) return verifier;
  const { withCsrfDefence } = await import('./csrf.ts');
  return withCsrfDefence(scheme.name, cookie, verifier, csrf);
}

/** The cookie that carries the credential. */
function cookieOf(scheme: SecurityScheme, configuration: SchemeConfiguration): string | undefined {
  if (scheme.type === 'apiKey') return scheme.in === 'cookie' ? scheme.key : undefined;
  return tokensOf(configuration)?.find(({ from }) => from?.cookie !== undefined)?.from?.cookie;
}

/** Authentication that browsers remember and send with any page's requests (Fetch standard, authentication entries). */
function sentByBrowsers(scheme: SecurityScheme): boolean {
  if (scheme.type === 'mutualTLS') return true;
  return scheme.type === 'http' && ['basic', 'negotiate', 'ntlm', 'digest'].includes(scheme.scheme);
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
    const verifier = customVerifier(scheme, configuration, realm, mock);
    const { cache = 0 } = configuration;
    return cache === 0 ? verifier : (await import('./cached.ts')).cached(verifier, cache);
  }
  const http = scheme.type === 'http' ? scheme.scheme : undefined;
  const bearer = scheme.type === 'oauth2' || scheme.type === 'openIdConnect' || http === 'bearer' || http === 'dpop';
  const tokens = tokensOf(configuration);
  if (tokens !== undefined && (bearer || scheme.type === 'apiKey'))
    return (await import('./token.ts')).tokenVerifier(scheme, tokens, realm, fetch, clock(), needs.resourceUrl);
  if (scheme.type === 'apiKey' && scheme.in === 'cookie' && 'sessions' in configuration)
    return (await import('./session.ts')).sessionVerifier(scheme, configuration, realm);
  if (takesKeys(scheme)) {
    if ('keys' in configuration)
      return (await import('./api-key.ts')).apiKeyVerifier(scheme, configuration, attempts, realm);
    if ('store' in configuration && isStore<KeyStore>(configuration.store))
      return (await import('./stored-keys.ts')).storedKeyVerifier(scheme, configuration.store, attempts, clock, realm);
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
    return (await import('./certificate.ts')).certificateVerifier(scheme, configuration, realm);
  throw new CastellanError({
    code: 'bad-authentication',
    message: `authentication.${scheme.name} does not fit its scheme (${scheme.type}${http === undefined ? '' : ` ${http}`})`,
    mend: `write ${exampleOf(scheme)}`,
  });
}

function tokensOf(configuration: SchemeConfiguration): readonly TokenConfiguration[] | undefined {
  if ('issuers' in configuration) return configuration.issuers;
  return 'issuer' in configuration || 'secret' in configuration ? [configuration] : undefined;
}

/** Keys are fixed texts, wherever they are: `Bearer sk_…`, `ApiKey …`, a field of their own. */
export function takesKeys(scheme: SecurityScheme): boolean {
  if (scheme.type === 'apiKey') return true;
  return scheme.type === 'http' && !['basic', 'dpop', 'signature'].includes(scheme.scheme);
}

function isStore<S extends KeyStore | UserStore>(store: unknown): store is string | S {
  return typeof store === 'string' || (typeof store === 'object' && store !== null && 'find' in store);
}
