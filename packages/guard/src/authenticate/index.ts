import { CastellanError, type Contract, type Operation, type SecurityScheme } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Refusal } from '../problem.ts';
import type { SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { apiKeyVerifier } from './api-key.ts';
import { basicVerifier } from './basic.ts';
import { compileRequirements } from './compose.ts';
import type { SchemeConfiguration, SchemeConfigurations } from './configuration.ts';
import { customVerifier } from './custom.ts';
import type { Fetch } from './key-set.ts';
import { tokenVerifier } from './token.ts';

export type * from './configuration.ts';

export interface AuthenticationOptions {
  readonly contract: Contract;
  readonly authentication: SchemeConfigurations;
  readonly environment?: string | undefined;
  /** For tests. */
  readonly fetch?: Fetch | undefined;
}

/** Who calls; undefined for an anonymous caller who is let in; or why the request stops here. */
export type AuthenticationOutcome = AuthContext | Refusal | undefined;

export type Authenticate = (request: SchemeRequest) => AuthenticationOutcome | Promise<AuthenticationOutcome>;

/** The verifiers of one contract. */
export interface Authentication {
  /** Undefined where the operation asks for nothing. */
  forOperation(operation: Operation): Authenticate | undefined;
  readonly notices: SchemeVerifier['notices'];
  close(): Promise<void>;
}

/**
 * Makes a verifier for every security scheme that an operation uses.
 * @throws CastellanError `unconfigured-scheme`, `unknown-scheme`, `bad-authentication`, `mock-identity`
 */
export async function createAuthentication(options: AuthenticationOptions): Promise<Authentication> {
  const { contract, authentication, environment } = options;
  for (const name of Object.keys(authentication)) {
    if (contract.securitySchemes.has(name)) continue;
    const known = [...contract.securitySchemes.keys()];
    throw new CastellanError({
      code: 'unknown-scheme',
      message: `authentication.${name} names no security scheme of ${contract.title}`,
      place: { file: contract.file },
      mend: known.length === 0 ? 'the document declares none' : `the document declares ${known.join(', ')}`,
    });
  }
  const realm = contract.title.replaceAll(/[^\x20-\x7e]|["\\]/g, '').slice(0, 100);
  const verifiers = new Map<string, SchemeVerifier>();
  for (const [scheme, operation] of usedSchemes(contract)) {
    const configuration = Object.hasOwn(authentication, scheme.name) ? authentication[scheme.name] : undefined;
    if (configuration === undefined) {
      throw new CastellanError({
        code: 'unconfigured-scheme',
        message: `operation ${operation.operationId} needs security scheme '${scheme.name}', and nobody vouches for it`,
        place: contract.place(scheme.location),
        mend: `add authentication.${scheme.name}: ${example(scheme)}`,
      });
    }
    verifiers.set(scheme.name, await verifierOf(scheme, configuration, realm, options.fetch ?? globalThis.fetch));
  }
  const notices = [...verifiers.values()].flatMap((verifier) => verifier.notices);
  const fatal = environment === 'production' ? notices.find((notice) => notice.fatalInProduction) : undefined;
  if (fatal !== undefined) {
    throw new CastellanError({
      code: fatal.code,
      message: `${fatal.message}, and environment is production`,
      mend: 'configure the real identity provider',
    });
  }
  return {
    notices,
    forOperation: (operation) => compileRequirements(operation, verifiers),
    async close() {
      for (const verifier of verifiers.values()) await verifier.close?.();
    },
  };
}

function usedSchemes(contract: Contract): Map<SecurityScheme, Operation> {
  const used = new Map<SecurityScheme, Operation>();
  for (const operation of contract.operations) {
    for (const requirement of operation.security) {
      for (const { scheme } of requirement.schemes) if (!used.has(scheme)) used.set(scheme, operation);
    }
  }
  return used;
}

function example(scheme: SecurityScheme): string {
  if (scheme.type === 'apiKey') return "{ keys: { '<random key>': { subject: 'someone' } } }";
  if (scheme.type === 'http' && scheme.scheme === 'basic') return "{ users: { someone: { hash: '$argon2id$…' } } }";
  if (scheme.type === 'http' && scheme.scheme !== 'bearer') return '{ verify: async (credential) => identity }';
  if (scheme.type === 'mutualTLS') return '{ verify: async (fingerprint) => identity }';
  return "{ issuer: 'https://…', audience: '…' }";
}

async function verifierOf(
  scheme: SecurityScheme,
  configuration: SchemeConfiguration,
  realm: string,
  fetch: Fetch,
): Promise<SchemeVerifier> {
  if ('verify' in configuration) return customVerifier(scheme, configuration, realm);
  const bearer =
    scheme.type === 'oauth2' ||
    scheme.type === 'openIdConnect' ||
    (scheme.type === 'http' && scheme.scheme === 'bearer');
  if (bearer && 'issuer' in configuration) return tokenVerifier(scheme, configuration, realm, fetch);
  if (scheme.type === 'apiKey' && 'keys' in configuration) return apiKeyVerifier(scheme, configuration);
  if (scheme.type === 'http' && scheme.scheme === 'basic' && 'users' in configuration)
    return basicVerifier(scheme, configuration, realm);
  throw new CastellanError({
    code: 'bad-authentication',
    message: `authentication.${scheme.name} does not fit its scheme (${scheme.type}${scheme.type === 'http' ? ` ${scheme.scheme}` : ''})`,
    mend: `write ${example(scheme)}`,
  });
}
