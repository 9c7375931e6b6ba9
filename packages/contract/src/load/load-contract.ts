import { checkExtensions } from '../extension/check.ts';
import { readWholeDocument } from '../grammar/read-whole.ts';
import type { Contract, NotedWarning } from '../model.ts';
import { DocumentedContract } from '../normalise/contract.ts';
import { Reading } from '../normalise/reading.ts';
import { DocumentReader, type LoadedDocument } from './documents.ts';
import { defaultLimits, tooComplex, type LoadLimits } from './limits.ts';
import { loadReferences } from './load-references.ts';
import { Positions } from './positions.ts';
import { Provenance } from './provenance.ts';
import type { ReadFile } from './read.ts';
import { References } from '../schema/references.ts';
import { SchemaWork } from '../schema/work.ts';
import { unshared } from './object.ts';
import { child } from './pointer.ts';
import { modernise } from '../normalise/swagger-schemas.ts';
import { sha256 } from './source.ts';
import { checkDuplicates, versionOf } from './version.ts';

export interface LoadOptions {
  /** OpenAPI Overlay documents, applied in this order. */
  readonly overlays?: readonly (string | URL | object)[] | undefined;
  /** Whether `$ref` may lead to other hosts. Default false. A URL given as input is fetched in any case, and so is its own origin. */
  readonly allowUrls?: boolean | undefined;
  readonly limits?: Partial<LoadLimits> | undefined;
  /** What relative paths are relative to. Default: the process's working directory. */
  readonly cwd?: string | undefined;
  /** Directory that references between files may not leave. Default: see `boundaryOf`. */
  readonly within?: string | undefined;
  readonly read?: ReadFile | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Loads an OpenAPI document (2.0, 3.0, 3.1, 3.2; JSON or YAML) with everything that it refers to.
 *
 * ```ts
 * const contract = await loadContract('openapi.yaml', { overlays: ['security.overlay.yaml'] });
 * for (const operation of contract.operations) console.log(operation.method, operation.path);
 * ```
 *
 * @param input path, http(s) or file URL, or the parsed document
 * @throws CastellanError with file, line and column: `document-not-found`, `document-unreadable`, `document-too-large`,
 * `invalid-json`, `invalid-yaml`, `invalid-openapi`, `unsupported-version`, `unresolved-reference`, `invalid-security`,
 * `unknown-security-scheme`, `invalid-extension`, and those that `LoadLimits` names
 */
export async function loadContract(input: string | URL | object, options: LoadOptions = {}): Promise<Contract> {
  const limits = { ...defaultLimits, ...options.limits };
  const reader = new DocumentReader({
    limits,
    allowUrls: options.allowUrls ?? false,
    cwd: options.cwd ?? process.cwd(),
    within: options.within,
    read: options.read,
    fetch: options.fetch,
  });
  const opened = await reader.open(input);
  const provenance = new Provenance();
  const positions = new Positions(provenance);
  positions.add(opened.source);
  const place = positions.place.bind(positions);
  const version = versionOf(opened, place);
  const { root, overlays, warnings } = await withOverlays(
    reader,
    opened,
    options.overlays ?? [],
    provenance,
    positions,
  );
  for (const overlay of overlays) checkDuplicates(overlay);
  const documents: LoadedDocument[] = [root];
  const references = new References({
    work: new SchemaWork(limits.maxSchemaWork, (location, most) => tooComplex(place(location), most)),
  });
  await loadReferences(reader, documents, references, version.dialect, positions);
  for (const document of documents) {
    if (version.version === '2.0') modernise(document.value, document !== root);
    for (const { pointer, key } of document.duplicates) {
      const location = child({ location: { document: document.source.uri, pointer }, value: undefined }, key).location;
      warnings.push({
        code: 'duplicate-key',
        message: `the key '${key.slice(0, 80)}' is a duplicate in its object; the last one counts`,
        mend: 'remove one of them',
        location,
      });
    }
  }
  const located = { location: { document: root.source.uri, pointer: '' }, value: root.value };
  const reading = new Reading(version.version, version.dialect, located, references, place, warnings);
  const roots = documents.map((document) => ({
    location: { document: document.source.uri, pointer: '' },
    value: document.value,
  }));
  const hidden = readWholeDocument(reading, new Set(documents.map((document) => document.source.uri)));
  const mayExtend = (document: LoadedDocument): boolean =>
    document.scan === undefined || document.scan.castellan || document.scan.escaped;
  for (const [index, document] of documents.entries()) {
    const located = roots[index];
    if (located !== undefined && mayExtend(document)) checkExtensions(reading, located);
  }
  const extended = documents.some(mayExtend);
  if (extended) for (const part of hidden) checkExtensions(reading, part);
  return new DocumentedContract(reading, {
    openapi: version.openapi,
    digest: digestOf([...documents, ...overlays]),
    file: root.source.file,
    documents: roots,
    hidden,
    extended,
  });
}

interface Overlaid {
  readonly root: LoadedDocument;
  readonly overlays: readonly LoadedDocument[];
  readonly warnings: NotedWarning[];
}

async function withOverlays(
  reader: DocumentReader,
  root: LoadedDocument,
  inputs: readonly (string | URL | object)[],
  provenance: Provenance,
  positions: Positions,
): Promise<Overlaid> {
  const warnings: NotedWarning[] = [];
  if (inputs.length === 0) return { root, overlays: [], warnings };
  const { applyOverlay } = await import('../overlay/apply.ts');
  // What the bytes told about the document is no longer true of it.
  const changed: LoadedDocument = {
    ...root,
    value: root.source.format === 'yaml' ? unshared(root.value) : root.value,
    scan: undefined,
  };
  const target = { location: { document: root.source.uri, pointer: '' }, value: changed.value };
  provenance.root(root.source.uri, changed.value);
  const overlays: LoadedDocument[] = [];
  for (const [index, input] of inputs.entries()) {
    const overlay = await reader.open(input, `overlay-${index + 1}`);
    positions.add(overlay.source);
    overlays.push(overlay);
    const located = { location: { document: overlay.source.uri, pointer: '' }, value: overlay.value };
    applyOverlay(located, { target, provenance, place: positions.place.bind(positions), warnings });
  }
  return { root: changed, overlays, warnings };
}

/** Of one document, the SHA-256 of its bytes, as `sha256sum` says it; of several, that of their digests in order. */
function digestOf(documents: readonly LoadedDocument[]): string {
  const digests = documents.map((document) => document.source.digest);
  return `sha256:${digests.length === 1 ? digests[0] : sha256(digests.join('\n'))}`;
}
