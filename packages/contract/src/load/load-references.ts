import { CastellanError } from '../error.ts';
import type { Dialect, Location } from '../model.ts';
import { boundaryOf } from './boundary.ts';
import { collectReferences, type FoundReference } from './collect-references.ts';
import type { DocumentReader, LoadedDocument } from './documents.ts';
import { child } from './pointer.ts';
import { checkDuplicates } from './version.ts';
import type { Positions } from './positions.ts';
import type { References } from '../schema/references.ts';
import { fileURLToPath } from 'node:url';

/**
 * Loads whatever the documents refer to, and makes sure that every reference leads somewhere, so that no operation turns
 * out to be unreadable when its first request arrives. `documents` grows; its first is the root.
 * @throws CastellanError `unresolved-reference`, `too-many-documents`, `too-many-references`, and those of reading
 */
export async function loadReferences(
  reader: DocumentReader,
  documents: LoadedDocument[],
  references: References,
  dialect: Dialect,
  positions: Positions,
): Promise<void> {
  const { limits, cwd, within } = reader.options;
  const root = documents[0];
  if (root === undefined) return;
  const boundary =
    within ?? (root.source.uri.startsWith('file:') ? boundaryOf(fileURLToPath(root.source.uri), cwd) : undefined);
  const pending: {
    readonly uri: string;
    readonly found: readonly FoundReference[];
  }[] = [];
  const parts: Part[] = [];
  const hidden = new Set<unknown>();
  const counts = new Map<string, number>();
  const add = (document: LoadedDocument): void => {
    const { uri } = document.source;
    checkDuplicates(document);
    references.add(uri, document.value, dialect, {
      identifiers: document.scan === undefined ? undefined : document.scan.identifiers || document.scan.escaped,
    });
    if (!allLocal(document, references))
      parts.push({ uri, pointer: '', value: document.value, fragment: document !== root });
  };
  add(root);
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const { uri, pointer } = part;
    const found = collectReferences(part.value, part.fragment).map((reference) => ({
      ...reference,
      pointer: pointer + reference.pointer,
    }));
    const count = (counts.get(uri) ?? 0) + found.length;
    counts.set(uri, count);
    if (count > limits.maxReferences) {
      throw new CastellanError({
        code: 'too-many-references',
        message: `more than ${limits.maxReferences} distinct references`,
        place: { file: documents.find(({ source }) => source.uri === uri)?.source.file ?? uri },
        mend: 'split the document, or raise limits.maxReferences',
      });
    }
    pending.push({ uri, found });
    for (const reference of found) {
      const from = { document: uri, pointer: reference.pointer };
      const part = hiddenPart(references, from, reference);
      if (part !== undefined && !hidden.has(part.value)) {
        hidden.add(part.value);
        parts.push(part);
      }
      const target = targetOf(uri, reference.ref);
      if (target === undefined || references.has(target) || resolves(references, uri, reference)) continue;
      try {
        const loaded = await reader.follow(target, root.source, boundary);
        documents.push(loaded);
        positions.add(loaded.source);
        add(loaded);
        const part = hiddenPart(references, from, reference);
        if (part !== undefined) parts.push(part);
      } catch (error) {
        if (!reference.firm && error instanceof CastellanError) continue;
        throw atReference(error, reference, from, positions);
      }
      if (documents.length > limits.maxDocuments) {
        throw new CastellanError({
          code: 'too-many-documents',
          message: `more than ${limits.maxDocuments} documents`,
          place: { file: root.source.file },
          mend: 'bundle them, or raise limits.maxDocuments',
        });
      }
    }
  }
  for (const { uri, found } of pending) {
    for (const reference of found) {
      if (!reference.firm) continue;
      const location = { document: uri, pointer: reference.pointer };
      try {
        references.resolve(location, reference.ref);
      } catch (error) {
        throw atReference(error, reference, location, positions);
      }
    }
  }
}

/** Something to look for references in: a document, or what stands in an extension and is referred to. */
interface Part {
  readonly uri: string;
  readonly pointer: string;
  readonly value: unknown;
  readonly fragment: boolean;
}

/** What a reference leads to, where that stands in an extension: nobody has looked into it. */
function hiddenPart(references: References, from: Location, reference: FoundReference): Part | undefined {
  if (!reference.firm || !reference.ref.includes('/x-')) return undefined;
  try {
    const { location, value } = references.locate(from, reference.ref);
    return { uri: location.document, pointer: location.pointer, value, fragment: true };
  } catch {
    return undefined;
  }
}

/** The cheap answer for most documents: the bytes were scanned, and every text after `$ref` leads to something inside. */
function allLocal(document: LoadedDocument, references: References): boolean {
  const { scan } = document;
  if (scan === undefined || scan.escaped) return false;
  const from = { document: document.source.uri, pointer: '' };
  for (const ref of scan.references) {
    if (!ref.startsWith('#')) return false;
    try {
      references.resolve(from, ref);
    } catch {
      return false;
    }
  }
  return true;
}

function resolves(references: References, document: string, reference: FoundReference): boolean {
  try {
    references.locate({ document, pointer: reference.pointer }, reference.ref);
    return true;
  } catch {
    return false;
  }
}

/** The absolute URI of the document that a reference leads to; undefined for one inside of the same document. */
function targetOf(base: string, ref: string): string | undefined {
  const uri = ref.split('#', 1)[0] ?? '';
  if (uri === '') return undefined;
  return URL.canParse(uri, base) ? new URL(uri, base).href : uri;
}

function atReference(error: unknown, reference: FoundReference, from: Location, positions: Positions): unknown {
  if (!(error instanceof CastellanError)) return error;
  const at = reference.firm ? child({ location: from, value: undefined }, '$ref').location : from;
  const message =
    error.code === 'unresolved-reference' || error.code === 'reference-loop'
      ? error.what
      : `the reference '${reference.ref}' cannot be followed: ${error.what}`;
  return new CastellanError({
    code: error.code,
    message,
    place: error.place?.line === undefined ? positions.place(at) : error.place,
    mend: error.mend,
    cause: error,
  });
}
