import { CastellanError } from '@castellan/contract';
import { parseAllDocuments } from 'yaml';

/** An API of a Backstage catalog (`kind: API`, `spec.type: openapi`). */
export interface CatalogApi {
  readonly name: string;
  readonly owner: string | undefined;
  /** `production`, `experimental`, `deprecated`. */
  readonly lifecycle: string | undefined;
  /** The document itself, or where it stands. */
  readonly definition: { readonly text: string } | { readonly path: string } | undefined;
}

/** Whether a text is a file of a Backstage catalog. */
export function isBackstage(text: string): boolean {
  return /^\s*apiVersion:\s*["']?backstage\.io\//m.test(text);
}

/**
 * Reads the APIs of a catalog file; entities of other kinds are left out.
 * @throws CastellanError `catalog-unreadable`
 */
export function readBackstage(file: string, text: string): readonly CatalogApi[] {
  const apis: CatalogApi[] = [];
  for (const document of parseAllDocuments(text, { uniqueKeys: true })) {
    const [error] = document.errors;
    if (error !== undefined)
      throw new CastellanError({
        code: 'catalog-unreadable',
        message: `the catalog is not YAML (${error.message.split('\n')[0]})`,
        place: { file, line: error.linePos?.[0].line ?? 1, column: error.linePos?.[0].col ?? 1 },
        mend: 'correct it',
      });
    const entity = membersOf(document.toJS({ maxAliasCount: 100 }));
    if (entity['kind'] !== 'API') continue;
    const metadata = membersOf(entity['metadata']);
    const spec = membersOf(entity['spec']);
    const name = textOf(metadata['name']);
    if (name === undefined) continue;
    apis.push({
      name,
      owner: textOf(spec['owner']),
      lifecycle: textOf(spec['lifecycle']),
      definition: definitionOf(spec['definition']),
    });
  }
  return apis;
}

function definitionOf(definition: unknown): CatalogApi['definition'] {
  if (typeof definition === 'string' && definition.trim() !== '') return { text: definition };
  const members = membersOf(definition);
  const path = textOf(members['$text'] ?? members['$json'] ?? members['$yaml']);
  return path === undefined ? undefined : { path };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
