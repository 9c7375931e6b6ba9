import { registryFetch, registryFields } from '../report/connection.ts';
import type { RegistryOptions } from '../report/options.ts';
import { fetchFile } from './fetch-file.ts';
import { limits, notReachable, refused } from './limits.ts';
import type { Source, SourceFiles } from './source.ts';
import { sha256 } from './urls.ts';

/** What the registry answers: the documents of one version, each as it was imported. */
interface Bundle {
  readonly api: string;
  readonly version: string;
  /** Of the contract, as a guard that loads it has it. */
  readonly digest: string;
  readonly contract: string;
  readonly overlays: readonly string[];
  readonly files: readonly { readonly name: string; readonly digest: string; readonly text: string }[];
}

/**
 * The contract that the registry has of the API of this guard's key.
 * @param version `published`, or `latest`
 */
export function registrySource(options: RegistryOptions, version: 'published' | 'latest'): Source {
  const { url, key, connection } = options;
  const ask = registryFetch(options);
  const address = new URL(`contract?version=${version}`, url.endsWith('/') ? url : `${url}/`).href;
  const name = `the registry ${url}`;
  let last: { readonly tag: string; readonly bundle: Bundle } | undefined;
  return {
    name,
    identity: JSON.stringify(['registry', url, version, sha256(key ?? connection?.certificate ?? '')]),
    async look() {
      const { status, headers, bytes } = await fetchFile(address, {
        headers: { ...registryFields(options), ...(last === undefined ? {} : { 'if-none-match': last.tag }) },
        maxBytes: limits.bytes,
        // A key is sent to nobody else.
        redirects: 0,
        fetch: ask,
        statuses: [304, 401, 403, 404],
      });
      if (status === 401 || status === 403)
        throw notReachable(
          name,
          `it refuses the ${key === undefined ? 'certificate' : 'key'} (${status})`,
          key === undefined
            ? 'admit registry.connection.certificate: POST /keys with certificate, role guard'
            : 'check registry.key: it needs the role guard',
        );
      if (status === 404)
        throw notReachable(
          name,
          `it has no ${version} contract of this API`,
          'import and publish one: castellan inventory import',
        );
      if (status !== 304 || last === undefined) {
        const bundle = bundleOf(bytes, name);
        last = { tag: headers.get('etag') ?? '', bundle };
      }
      const { bundle } = last;
      return {
        digest: sha256(JSON.stringify([bundle.digest, bundle.files.map((file) => [file.name, file.digest])])),
        label: `registry@${bundle.version}`,
        fetch: () => Promise.resolve(filesOf(bundle, name)),
      };
    },
  };
}

/** What was sent, read: half of an answer, or another's, is nothing. */
function bundleOf(bytes: Uint8Array, name: string): Bundle {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw notReachable(name, 'its answer is cut off or no JSON', 'check that registry.url is a registry', cause);
  }
  if (!isBundle(value))
    throw notReachable(name, 'its answer is no contract', 'check that registry.url is a registry of this version');
  return value;
}

function isBundle(value: unknown): value is Bundle {
  if (typeof value !== 'object' || value === null) return false;
  const { api, version, digest, contract, overlays, files } = value as Readonly<Record<string, unknown>>;
  return (
    [api, version, digest, contract].every((one) => typeof one === 'string') &&
    Array.isArray(overlays) &&
    overlays.every((one) => typeof one === 'string') &&
    Array.isArray(files) &&
    files.every((file: unknown) => {
      const { name, text, digest: of } = (file ?? {}) as Readonly<Record<string, unknown>>;
      return typeof name === 'string' && typeof text === 'string' && typeof of === 'string';
    })
  );
}

function filesOf({ files, contract, overlays, digest }: Bundle, name: string): SourceFiles {
  const read = new Map<string, Uint8Array>();
  for (const { name: file, text, digest: expected } of files) {
    const bytes = Buffer.from(text, 'utf8');
    if (sha256(bytes) !== expected)
      throw refused(
        name,
        `${file.slice(0, 200)} is not what its digest says`,
        'import the document into the registry again',
      );
    read.set(file, bytes);
  }
  return { files: read, contract, overlays, expects: digest };
}
