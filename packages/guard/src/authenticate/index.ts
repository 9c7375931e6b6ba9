import { CastellanError, type Contract, type Mode, type Operation, type SecurityScheme } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Refusal } from '../problem.ts';
import type { SchemeRequest, SchemeVerifier } from '../scheme.ts';
import type { RevocationList } from '../revocation/list.ts';
import { objectOf } from '../configuration/reader.ts';
import { resolveReferences } from '../secrets/reference.ts';
import type { AskApi } from './ask-api.ts';
import { Attempts } from './attempts.ts';
import { boundSchemes } from './bound-schemes.ts';
import { browserFields, type BrowserFields } from './browser-fields.ts';
import { compileRequirements } from './compose.ts';
import type { SchemeConfiguration, SchemeConfigurations } from './configuration.ts';
import type { Fetch } from './provider-fetch.ts';
import { exampleOf } from './example.ts';
import type { ForwardedCertificate } from './forwarded-certificate.ts';
import { KeptReplay } from './kept-replay.ts';
import { readScheme } from './read-scheme.ts';
import { resourceMetadata, type ResourceMetadata } from './resource-metadata.ts';
import { verifierOf, type VerifierNeeds } from './verifier.ts';

export type * from './configuration.ts';

export interface AuthenticationOptions {
  readonly contract: Contract;
  readonly authentication: SchemeConfigurations;
  readonly environment?: string | undefined;
  /** Where operations say nothing. Default `enforce`. */
  readonly mode?: Mode | undefined;
  /** Credentials that are no longer good. */
  readonly revocations?: RevocationList | undefined;
  /** What is known of callers who guess; kept over a reload. */
  readonly attempts?: Attempts | undefined;
  /** What was used once; kept over a reload. */
  readonly replay?: KeptReplay | undefined;
  /** Origins whose pages may send requests with credentials: those of CORS. */
  readonly origins?: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly clock?: (() => number) | undefined;
  /** Asks operations of the API who calls: the gateway's way to its upstream. */
  readonly ask?: AskApi | undefined;
  /** The address that callers use, where it is written. */
  readonly origin?: string | undefined;
  /** The prefix of the API here, where it is not what its servers say. */
  readonly basePath?: string | undefined;
  /** Where proxies name the client's certificate. */
  readonly forwarded?: ForwardedCertificate | undefined;
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
  /** Names of the schemes whose callers prove to hold a key: a stolen credential alone is of no use. */
  readonly bound: ReadonlySet<string>;
  /** What this API says of itself as a protected resource; undefined where it says nothing. */
  readonly resource: ResourceMetadata | undefined;
  /** Fields of credentials that pages of other origins need. */
  readonly browserFields: BrowserFields;
  /** Told of what the handler or upstream answered; undefined where nobody asks. */
  readonly answered: ((request: SchemeRequest, schemes: readonly string[], status: number) => void) | undefined;
  /** Origins whose pages may send requests with credentials, and sign in. */
  readonly pages: ReadonlySet<string>;
  close(): Promise<void>;
}

/**
 * Makes a verifier for every security scheme that an operation uses.
 * @throws CastellanError `unconfigured-scheme`, `unknown-scheme`, `bad-authentication`, `mock-identity`
 */
export async function createAuthentication(options: AuthenticationOptions): Promise<Authentication> {
  const { contract, environment, revocations } = options;
  const { value: given, notices: referenceNotices } = resolveReferences('authentication', options.authentication);
  const authentication = new Map<string, SchemeConfiguration>();
  for (const [name, entry] of Object.entries(objectOf(given, 'authentication', "{ '<scheme>': … }"))) {
    const scheme = contract.securitySchemes.get(name);
    if (entry === undefined) continue;
    if (scheme !== undefined) {
      authentication.set(name, readScheme(scheme, entry));
      continue;
    }
    const known = [...contract.securitySchemes.keys()];
    throw new CastellanError({
      code: 'unknown-scheme',
      message: `authentication.${name} names no security scheme of ${contract.title}`,
      place: { file: contract.file },
      mend: known.length === 0 ? 'the document declares none' : `the document declares ${known.join(', ')}`,
    });
  }
  const realm = contract.title.replaceAll(/[^\x20-\x7e]|["\\]/g, '').slice(0, 100);
  const resource = resourceMetadata(contract, authentication, options.origin, options.basePath);
  const needs: VerifierNeeds = {
    resourceUrl: resource?.url,
    realm,
    fetch: options.fetch ?? globalThis.fetch,
    attempts: options.attempts ?? new Attempts(),
    clock: options.clock ?? Date.now,
    contract,
    ask: options.ask,
    basePath: options.basePath,
    origins: (options.origins ?? []).filter((origin) => origin !== '*'),
  };
  const { replay = new KeptReplay() } = options;
  const verifiers = new Map<string, SchemeVerifier>();
  for (const [scheme, operation] of usedSchemes(contract)) {
    const configuration = authentication.get(scheme.name);
    if (configuration === undefined && isOnlyObserved(contract, scheme, options.mode)) {
      const { upstreamVerifier } = await import('./upstream.ts');
      verifiers.set(scheme.name, upstreamVerifier(scheme, realm, false, needs.attempts));
      continue;
    }
    if (configuration === undefined) {
      throw new CastellanError({
        code: 'unconfigured-scheme',
        message: `operation ${operation.operationId} needs security scheme '${scheme.name}', and nothing is configured for it`,
        place: contract.place(scheme.location),
        mend: `add authentication.${scheme.name}: ${exampleOf(scheme)}`,
      });
    }
    verifiers.set(scheme.name, await verifierOf(scheme, replay.within(scheme.name, configuration), needs));
  }
  const notices = (): SchemeVerifier['notices'] => [
    ...referenceNotices,
    ...[...verifiers.values()].flatMap((verifier) => verifier.notices),
    ...(revocations?.notices ?? []),
    ...(options.forwarded === undefined ? [] : [proxyVerifies]),
  ];
  const close = async (): Promise<void> => {
    for (const verifier of verifiers.values()) await verifier.close?.();
  };
  const fatal = environment === 'production' ? notices().find((notice) => notice.fatalInProduction) : undefined;
  if (fatal !== undefined) {
    await close();
    throw new CastellanError({
      code: fatal.code,
      message: `${fatal.message}, and environment is production`,
      mend: fatal.mend ?? 'configure the real identity provider',
    });
  }
  return {
    get notices() {
      return notices();
    },
    pages: new Set([
      ...needs.origins,
      ...[...authentication.values()].flatMap((one) => ('csrf' in one ? (one.csrf?.origins ?? []) : [])),
    ]),
    forOperation: (operation) => {
      const own = [...verifiers].map(([name, one]) => [name, one.forOperation?.(operation) ?? one] as const);
      return compileRequirements(operation, new Map(own), revocations, options.forwarded);
    },
    bound: boundSchemes(authentication),
    resource,
    browserFields: browserFields(authentication.values()),
    answered: [...verifiers.values()].some((one) => one.answered !== undefined)
      ? (request, schemes, status) => {
          for (const name of schemes) verifiers.get(name)?.answered?.(request, status);
        }
      : undefined,
    close,
  };
}

/** Said where the field is believed. */
const proxyVerifies = {
  code: 'certificate-of-proxy',
  message:
    'client certificates are taken from the field Client-Cert of trustedProxies: the proxy verifies them, not this process, and must remove the field from what callers send',
  fatalInProduction: false,
};

/** Whether no operation that needs a scheme refuses anything, so that nobody has to vouch for it yet. */
function isOnlyObserved(contract: Contract, scheme: SecurityScheme, mode: Mode = 'enforce'): boolean {
  return contract.operations.every(
    ({ security, castellan }) =>
      (castellan.mode ?? contract.castellan.mode ?? mode) !== 'enforce' ||
      !security.some(({ schemes }) => schemes.some((one) => one.scheme === scheme)),
  );
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
