import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JSONWebKeySet } from 'jose';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { TokenConfiguration } from './configuration.ts';
import { discover, type ProviderMetadata } from './discovery.ts';
import { compileIntrospection, type Introspect } from './introspection.ts';
import { givenKeys, noKeys, type KeySource } from './key-source.ts';
import { ProviderError, startError, type Fetch } from './provider-fetch.ts';
import { PublishedKeys } from './published-keys.ts';

/** Where a token scheme's keys and answers come from. */
export interface TokenProvider {
  readonly keys: KeySource;
  readonly introspect: Introspect | undefined;
  /** True where no token is verified by its signature: an endpoint is named, and no keys. */
  readonly opaqueOnly: boolean;
}

/**
 * Opens the key source and, where configured, introspection. What is published is fetched now, so that a wrong address
 * is said at start and not with the first request.
 * @throws CastellanError
 */
export async function openProvider(
  scheme: SecurityScheme,
  configuration: TokenConfiguration,
  where: string,
  fetch: Fetch,
  now: number,
): Promise<TokenProvider> {
  const metadata = remembered(() => discover(configuration.issuer, metadataAddress(scheme), fetch));
  const introspect =
    configuration.introspection === undefined
      ? undefined
      : compileIntrospection(
          where,
          configuration.introspection,
          configuration,
          endpointOf(configuration, metadata),
          fetch,
        );
  const opaqueOnly = configuration.introspection?.endpoint !== undefined && configuration.jwks === undefined;
  const keys = opaqueOnly ? noKeys : await openKeys(scheme, configuration, where, fetch, metadata, now);
  return { keys, introspect, opaqueOnly };
}

/** Every address that is named, and what it answers believed: keys, answers about tokens, and where these are to be found. */
export function addressesOf(
  scheme: SecurityScheme,
  { jwks, introspection }: TokenConfiguration,
): readonly (string | undefined)[] {
  const endpoint = introspection?.endpoint;
  const discovers =
    (jwks === undefined && endpoint === undefined) || (introspection !== undefined && endpoint === undefined);
  return [
    typeof jwks === 'string' || jwks instanceof URL ? String(jwks) : undefined,
    endpoint,
    discovers ? metadataAddress(scheme) : undefined,
  ];
}

/** Keeps what was found; a failure is not kept. */
function remembered(find: () => Promise<ProviderMetadata>): () => Promise<ProviderMetadata> {
  let found: Promise<ProviderMetadata> | undefined;
  return () =>
    (found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    }));
}

function endpointOf(
  configuration: TokenConfiguration,
  metadata: () => Promise<ProviderMetadata>,
): () => Promise<string> {
  const given = configuration.introspection?.endpoint;
  if (given !== undefined) return () => Promise.resolve(given);
  return async () => {
    const endpoint = (await metadata()).introspectionEndpoint;
    if (endpoint === undefined)
      throw new ProviderError('wrong', `${configuration.issuer} publishes no introspection_endpoint`);
    return endpoint;
  };
}

async function openKeys(
  scheme: SecurityScheme,
  configuration: TokenConfiguration,
  where: string,
  fetch: Fetch,
  metadata: () => Promise<ProviderMetadata>,
  now: number,
): Promise<KeySource> {
  const { jwks, issuer, refresh = 600, outage = 3600 } = configuration;
  if (typeof jwks === 'object' && !(jwks instanceof URL)) return givenKeys(`${where}.jwks`, jwks);
  const address = jwks === undefined ? undefined : addressOf(where, jwks);
  if (typeof address === 'object') return givenKeys(`${where}.jwks`, readKeyFile(where, address.file));
  const locate = async (): Promise<string> => {
    if (address !== undefined) return address;
    const uri = (await metadata()).jwksUri;
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
