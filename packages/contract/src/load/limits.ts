import { CastellanError } from '../error.ts';
import type { Place } from '../error.ts';

/** Bounds on a document and what it refers to. Going over one is an error with the code in parentheses. */
export interface LoadLimits {
  /** Bytes of one document (`document-too-large`). Default 64 MiB. */
  readonly maxBytes: number;
  /** Bytes of all documents and overlays together (`document-too-large`). Default 128 MiB. */
  readonly maxTotalBytes: number;
  /** Nesting of arrays and objects (`document-too-deep`). Default 512. */
  readonly maxDepth: number;
  /** Values of one YAML document after its aliases are replaced by what they stand for (`alias-bomb`). Default 2,000,000. */
  readonly maxExpandedNodes: number;
  /** Documents, overlays not counted (`too-many-documents`). Default 5,000. */
  readonly maxDocuments: number;
  /** Distinct references of one document (`too-many-references`). Default 100,000. */
  readonly maxReferences: number;
  /**
   * Steps of taking apart and compiling the schemas of one contract, some microseconds each (`schemas-too-complex`); told by
   * `castellan check` and when a guard starts. Default 1,000,000: some fifty times what GitHub's document takes.
   */
  readonly maxSchemaWork: number;
  /** Redirects followed for one URL (`too-many-redirects`). Default 5. */
  readonly maxRedirects: number;
  /** Milliseconds for one URL, redirects included (`document-timeout`). Default 30,000. */
  readonly timeout: number;
}

export const defaultLimits: LoadLimits = {
  maxBytes: 64 * 1024 * 1024,
  maxTotalBytes: 128 * 1024 * 1024,
  maxDepth: 512,
  maxExpandedNodes: 2_000_000,
  maxDocuments: 5_000,
  maxReferences: 100_000,
  maxSchemaWork: 1_000_000,
  maxRedirects: 5,
  timeout: 30_000,
};

export function tooLarge(place: Place, maxBytes: number, name: 'maxBytes' | 'maxTotalBytes'): CastellanError {
  const what = name === 'maxBytes' ? 'the document is larger than' : 'the documents together are larger than';
  return new CastellanError({
    code: 'document-too-large',
    message: `${what} ${maxBytes} bytes`,
    place,
    mend: `split it, or raise limits.${name}`,
  });
}

export function tooDeep(place: Place, maxDepth: number): CastellanError {
  return new CastellanError({
    code: 'document-too-deep',
    message: `arrays and objects are nested more than ${maxDepth} levels deep`,
    place,
    mend: 'move inner parts to components and refer to them with $ref, or raise limits.maxDepth',
  });
}

export function tooComplex(place: Place, maxSchemaWork: number): CastellanError {
  return new CastellanError({
    code: 'schemas-too-complex',
    message: `the schemas are more work to compile than ${maxSchemaWork} steps, and this one goes over it`,
    place,
    mend: 'compose it of fewer schemas that lead to each other (allOf, anyOf, oneOf), or raise limits.maxSchemaWork',
  });
}
