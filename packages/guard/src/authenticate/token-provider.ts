import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JSONWebKeySet } from 'jose';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import { signatureAlgorithms } from './algorithms.ts';
import type { ClaimRules } from './claims.ts';
import type { TokenConfiguration } from './configuration.ts';
import { discover, type ProviderMetadata } from './discovery.ts';
import { clientAuthentication } from './client-authentication.ts';
import { compileIntrospection, type Introspect } from './introspection.ts';
import type { IssuerEntry } from './issuer-choice.ts';
import { givenKeys, noKeys, type KeySource } from './key-source.ts';
import { ProviderError, startError, type Fetch } from './provider-fetch.ts';
import { PublishedKeys } from './published-keys.ts';
import { weakSecretNotice } from './secret-notices.ts';

/** Where a token scheme's keys and answers come from. */
export interface TokenProvider {
  readonly keys: KeySource;
  /** More secrets that a token may be signed with. */
  readonly more: readonly KeySource[];
  readonly introspect: Introspect | undefined;
  /** True where no token is verified by its signature: an endpoint is named, and no keys. */
  readonly opaqueOnly: boolean;
}

/** Published key sets of one scheme, by address: issuers that share one fetch it once. */
export type KeySources = Map<string, Promise<KeySource>>;

/**
 * Opens the key source and, where configured, introspection. What is published is fetched now, so that a wrong address
 * is said at start and not with the first request.
 * @throws CastellanError
 */
export async function openProvider(
  scheme: SecurityScheme,
  configuration: TokenConfiguration,
  entry: IssuerEntry,
  where: string,
  rules: ClaimRules,
  fetch: Fetch,
  sources: KeySources,
  now: number,
): Promise<TokenProvider> {
  const { introspection, jwks, secret } = configuration;
  if (secret !== undefined) {
    const [keys = noKeys, ...more] = await secretKeys(scheme.name, where, configuration);
    return { keys, more, introspect: undefined, opaqueOnly: false };
  }
  const issuer = entry.name;
  const metadata = remembered(() => discover(issuer, metadataAddress(scheme), fetch));
  const introspect =
    introspection === undefined
      ? undefined
      : compileIntrospection(
          issuer,
          await clientAuthentication(
            `${where}.introspection.client`,
            introspection.client,
            issuer,
            configuration.connection?.certificate !== undefined,
          ),
          rules,
          endpointOf(issuer, introspection.endpoint, metadata),
          fetch,
        );
  const opaqueOnly = introspection?.endpoint !== undefined && jwks === undefined;
  if (opaqueOnly) return { keys: noKeys, more: [], introspect, opaqueOnly };
  const open = (): Promise<KeySource> => openKeys(scheme, configuration, issuer, where, fetch, metadata, now);
  if (typeof jwks !== 'string') return { keys: await open(), more: [], introspect, opaqueOnly };
  const found = sources.get(jwks) ?? open();
  sources.set(jwks, found);
  return { keys: await found, more: [], introspect, opaqueOnly };
}

/** Keys of shared secrets, each by itself, because a token does not say which one it was made with. */
async function secretKeys(
  scheme: string,
  where: string,
  { secret = [], algorithms = ['HS256'] }: TokenConfiguration,
): Promise<readonly KeySource[]> {
  const sources: KeySource[] = [];
  const texts = [secret].flat();
  for (const [index, text] of texts.entries()) {
    const name = `${where}.secret${texts.length === 1 ? '' : `[${index}]`}`;
    const bytes = Buffer.byteLength(text);
    const least = Math.max(...algorithms.map((alg) => signatureAlgorithms.get(alg)?.minSecret ?? 32));
    if (bytes < least) {
      throw new CastellanError({
        code: 'weak-key',
        message: `${name} is ${bytes} bytes long, and ${algorithms.join(', ')} needs at least ${least}: shorter ones can be found by brute force from one token (RFC 7518 section 3.2)`,
        mend: 'make a random one, openssl rand -base64 48, and give it to what signs the tokens, too',
      });
    }
    const k = Buffer.from(text).toString('base64url');
    const source = await givenKeys(name, { keys: algorithms.map((alg) => ({ kty: 'oct', k, alg })) });
    const weak = weakSecretNotice(scheme, 'the secret of tokens', text, 128);
    sources.push({ ...source, notices: weak.length > 0 ? weak : source.notices });
  }
  return sources;
}

/** Every address that is named, and what it answers believed: keys, answers about tokens, and where these are to be found. */
export function addressesOf(
  scheme: SecurityScheme,
  { jwks, introspection, secret }: TokenConfiguration,
): readonly (string | undefined)[] {
  if (secret !== undefined) return [];
  const endpoint = introspection?.endpoint;
  const discovers =
    (jwks === undefined && endpoint === undefined) || (introspection !== undefined && endpoint === undefined);
  return [
    typeof jwks === 'string' || jwks instanceof URL ? String(jwks) : undefined,
    endpoint,
    discovers ? metadataAddress(scheme) : undefined,
  ];
}

/** @param failed whether what it said before did not do: then it is asked for once more */
type Metadata = (failed: boolean) => Promise<ProviderMetadata>;

/** Keeps what was found; a failure is not kept, and the last that was found serves while nothing newer is. */
function remembered(find: () => Promise<ProviderMetadata>): Metadata {
  let found: ProviderMetadata | undefined;
  let finding: Promise<ProviderMetadata> | undefined;
  const look = (): Promise<ProviderMetadata> =>
    find()
      .then((metadata) => (found = metadata))
      .catch((error: unknown) => {
        if (found === undefined) throw error;
        return found;
      })
      .finally(() => {
        finding = undefined;
      });
  return (failed) => (found !== undefined && !failed ? Promise.resolve(found) : (finding ??= look()));
}

function endpointOf(
  issuer: string,
  given: string | undefined,
  metadata: Metadata,
): (failed: boolean) => Promise<string> {
  if (given !== undefined) return () => Promise.resolve(given);
  return async (failed) => {
    const endpoint = (await metadata(failed)).introspectionEndpoint;
    if (endpoint === undefined) throw new ProviderError('wrong', `${issuer} publishes no introspection_endpoint`);
    return endpoint;
  };
}

async function openKeys(
  scheme: SecurityScheme,
  configuration: TokenConfiguration,
  issuer: string,
  where: string,
  fetch: Fetch,
  metadata: Metadata,
  now: number,
): Promise<KeySource> {
  const { jwks, refresh = 600, outage = 3600 } = configuration;
  if (typeof jwks === 'object' && !(jwks instanceof URL)) return givenKeys(`${where}.jwks`, jwks);
  const address = jwks === undefined ? undefined : addressOf(where, jwks);
  if (typeof address === 'object') return givenKeys(`${where}.jwks`, readKeyFile(where, address.file));
  const locate = async (failed: boolean): Promise<string> => {
    if (address !== undefined) return address;
    const uri = (await metadata(failed)).jwksUri;
    if (uri === undefined) throw new ProviderError('wrong', `${issuer} publishes no jwks_uri`);
    return uri;
  };
  const keys = new PublishedKeys({ issuer, locate, fetch, refresh, outage });
  try {
    await keys.start(now);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (configuration.lazy !== true) throw startError(scheme.name, error);
  }
  return keys;
}

function metadataAddress(scheme: SecurityScheme): string | undefined {
  if (scheme.type === 'openIdConnect') return scheme.openIdConnectUrl;
  return scheme.type === 'oauth2' ? scheme.oauth2MetadataUrl : undefined;
}

function addressOf(where: string, jwks: string | URL): string | { readonly file: string } {
  const text = String(jwks);
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
  if (text.startsWith('file:') && URL.canParse(text)) return { file: fileURLToPath(text) };
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    throw new CastellanError({
      code: 'bad-jwks',
      message: `${where}.jwks is neither an http(s) address nor a file`,
      mend: 'write the address of the key set, the name of a file with it, or the key set itself',
    });
  }
  return { file: text };
}

function readKeyFile(where: string, file: string): JSONWebKeySet {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'key-file',
      message: `the key file of ${where}.jwks cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable file with a JSON Web Key Set',
      cause,
    });
  }
  try {
    return JSON.parse(text) as JSONWebKeySet;
  } catch (cause) {
    throw new CastellanError({
      code: 'key-file',
      message: `the key file of ${where}.jwks is not JSON`,
      place: { file },
      mend: 'write a JSON Web Key Set, { "keys": […] }',
      cause,
    });
  }
}
