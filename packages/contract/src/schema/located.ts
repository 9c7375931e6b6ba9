import type { Contract, Located, Location } from '../model.ts';
import { subschemasOf, type Subschema } from './subschemas.ts';

/** A schema within a schema, and where it stands. */
export type LocatedSubschema = Subschema & { readonly location: Location };

/**
 * The same as `subschemasOf`, each with its own place: what a reference in it leads to depends on that (`$id` and `$anchor`,
 * JSON Schema 2020-12 core 8.2).
 * @param location of `raw`
 */
export function subschemasAt(location: Location, raw: Readonly<Record<string, unknown>>): LocatedSubschema[] {
  return subschemasOf(raw).map((found) => ({
    ...found,
    location: { document: location.document, pointer: location.pointer + found.pointer },
  }));
}

/**
 * What the `$ref` of a schema leads to, and no further: a schema on the way that refers on may say something of its own.
 * @returns undefined where there is no `$ref`
 * @throws CastellanError `unresolved-reference`
 */
export function referredBy(
  contract: Pick<Contract, 'references'>,
  location: Location,
  raw: Readonly<Record<string, unknown>>,
): Located | undefined {
  const { $ref } = raw;
  return typeof $ref === 'string' ? contract.references.locate(location, $ref) : undefined;
}
