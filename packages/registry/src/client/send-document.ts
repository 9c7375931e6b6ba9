import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { loadContract } from '@castellan/contract';
import { parse } from 'yaml';
import type { CatalogApi } from '../inventory/backstage.ts';
import type { DocumentSource, ImportedDocument } from '../inventory/import-documents.ts';
import type { SentImport } from '../inventory/record-sent.ts';
import type { RegistryRequests } from './request.ts';

/** Sends a document with everything that it refers to: the registry reads nothing but what is sent. */
export async function sendDocument(
  registry: RegistryRequests,
  { source, overlays = [], api, owner }: DocumentSource,
  cwd: string,
): Promise<ImportedDocument> {
  const read = await readWith(source, overlays, cwd);
  const { path, texts } = read;
  const { [path]: document = '', ...files } = texts;
  const body: SentImport = {
    source,
    document,
    path,
    files,
    overlays: read.overlays,
    ...(api === undefined ? {} : { api }),
    ...(owner === undefined ? {} : { owner }),
  };
  return registry.post('documents', body);
}

/** Sends a document of a Backstage catalog. */
export async function sendCatalogEntry(
  registry: RegistryRequests,
  file: string,
  { name, owner, definition }: CatalogApi,
  cwd: string,
): Promise<ImportedDocument> {
  const said = { api: name, ...(owner === undefined ? {} : { owner }) };
  if (definition !== undefined && 'path' in definition) {
    const { path } = definition;
    const isUrl = /^https?:/i.test(path);
    const source = isUrl ? path : isAbsolute(path) ? relative(cwd, path) : join(dirname(file), path);
    return sendDocument(registry, { source, ...said }, cwd);
  }
  return registry.post('documents', { source: `${file}#${name}`, document: jsonOf(definition?.text ?? ''), ...said });
}

/** A definition is what it says, however it is written. */
function jsonOf(text: string): string {
  try {
    return JSON.stringify(parse(text)) ?? text;
  } catch {
    return text;
  }
}

interface ReadFiles {
  /** The document among the texts. */
  readonly path: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly overlays: readonly string[];
}

/** Loads a document here to see what it refers to. What is wrong with it, the registry says as well. */
async function readWith(source: string, overlays: readonly string[], cwd: string): Promise<ReadFiles> {
  const files = new Map<string, string>();
  const urls = new Map<string, string>();
  await loadContract(source, {
    cwd,
    overlays,
    read: async (path) => {
      const bytes = await readFile(path);
      files.set(path, bytes.toString('utf8'));
      return bytes;
    },
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const text = await response.text();
      if (response.ok) urls.set(input instanceof Request ? input.url : String(input), text);
      return new Response(text, { status: response.status, headers: response.headers });
    },
  }).catch(() => undefined);
  const isUrl = (name: string): boolean => /^https?:/i.test(name);
  const root = commonFolder([...files.keys()], cwd);
  const nameOf = (path: string): string =>
    isUrl(path) ? path : relative(root, resolve(cwd, path)).split(sep).join('/');
  return {
    path: nameOf(source),
    texts: {
      ...Object.fromEntries([...files].map(([path, text]) => [nameOf(path), text])),
      ...Object.fromEntries(urls),
    },
    overlays: overlays.map(nameOf),
  };
}

/** The working directory, or what is above it where files are outside of it. */
function commonFolder(paths: readonly string[], cwd: string): string {
  let root = cwd;
  while (!paths.every((path) => path.startsWith(root.endsWith(sep) ? root : root + sep))) {
    const above = dirname(root);
    if (above === root) break;
    root = above;
  }
  return root;
}
