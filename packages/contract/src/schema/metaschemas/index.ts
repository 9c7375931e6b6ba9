import type { Dialect } from '../../model.ts';
import { draft04 } from './draft-04.ts';
import { openapi31 } from './openapi-3.1.ts';
import { draft202012 } from './2020-12.ts';

/**
 * The meta-schemas that a document may refer to without any network: JSON Schema 2020-12 with its vocabularies,
 * draft 04, and OpenAPI 3.1's base dialect. Undefined for other URIs.
 */
export function metaschemas(uri: string): { readonly root: unknown; readonly dialect: Dialect } | undefined {
  const modern = draft202012.get(uri) ?? openapi31.get(uri);
  if (modern !== undefined) return { root: modern, dialect: '2020-12' };
  return uri === 'http://json-schema.org/draft-04/schema' ? { root: draft04, dialect: 'draft-04' } : undefined;
}
