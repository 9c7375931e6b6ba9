/** How a keyword holds schemas: one, a list, a map of names, or one or a list. */
export type Holding = 'schema' | 'list' | 'map' | 'schema-or-list';

/** What the schemas under a keyword say something about. */
export type SubschemaPlace =
  /** The value itself, always or under a condition. */
  | 'value'
  /** Values that it is not. */
  | 'excluded'
  /** A property by name. */
  | 'property'
  /** Properties whose names match. */
  | 'pattern'
  /** All other properties. */
  | 'others'
  /** The item at an index. */
  | 'position'
  /** All items, or those after the first. */
  | 'item'
  /** Some of the items. */
  | 'some-item'
  /** Names of properties. */
  | 'name'
  /** What a text holds. */
  | 'text'
  /** Nothing until something refers to it. */
  | 'definition';

interface Keyword {
  readonly holds: Holding;
  readonly place: SubschemaPlace;
  /** The oldest dialect that has it. */
  readonly since: 'openapi-3.0' | 'draft-04' | '2020-12';
}

const keyword = (holds: Holding, place: SubschemaPlace, since: Keyword['since'] = '2020-12'): Keyword => ({
  holds,
  place,
  since,
});

/** Every keyword that holds schemas (JSON Schema 2020-12 core 10 and 11, validation 8.5, and what older drafts have). */
export const schemaKeywords: ReadonlyMap<string, Keyword> = new Map(
  Object.entries({
    allOf: keyword('list', 'value', 'openapi-3.0'),
    anyOf: keyword('list', 'value', 'openapi-3.0'),
    oneOf: keyword('list', 'value', 'openapi-3.0'),
    not: keyword('schema', 'excluded', 'openapi-3.0'),
    properties: keyword('map', 'property', 'openapi-3.0'),
    patternProperties: keyword('map', 'pattern', 'openapi-3.0'),
    additionalProperties: keyword('schema', 'others', 'openapi-3.0'),
    items: keyword('schema-or-list', 'item', 'openapi-3.0'),
    dependencies: keyword('map', 'value', 'openapi-3.0'),
    definitions: keyword('map', 'definition', 'openapi-3.0'),
    additionalItems: keyword('schema', 'item', 'draft-04'),
    if: keyword('schema', 'value'),
    then: keyword('schema', 'value'),
    else: keyword('schema', 'value'),
    dependentSchemas: keyword('map', 'value'),
    unevaluatedProperties: keyword('schema', 'others'),
    propertyNames: keyword('schema', 'name'),
    prefixItems: keyword('list', 'position'),
    contains: keyword('schema', 'some-item'),
    unevaluatedItems: keyword('schema', 'item'),
    contentSchema: keyword('schema', 'text'),
    $defs: keyword('map', 'definition'),
  }),
);

/** A schema within a schema. */
export interface Subschema {
  readonly keyword: string;
  /** Under a keyword that holds several: the name or index. */
  readonly key: string | undefined;
  readonly place: SubschemaPlace;
  /** An object; what is only true or false holds nothing. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** From the schema that holds it: `/properties/name`. */
  readonly pointer: string;
}

/**
 * What a schema holds, in the order in which it is written: the one enumeration that all walks over schemas use. References
 * are not followed; what is only true or false is left out, unless it is asked for.
 * @param raw the schema, an object
 * @param options.booleans also what is only true or false, as `asSchema` writes it
 */
export function subschemasOf(
  raw: Readonly<Record<string, unknown>>,
  options: { readonly booleans?: boolean } = {},
): Subschema[] {
  const found: Subschema[] = [];
  const add = (keyword: string, place: SubschemaPlace, written: unknown, key?: string): void => {
    const value = options.booleans === true ? asSchema(written) : written;
    if (!isObject(value)) return;
    const pointer =
      key === undefined ? `/${keyword}` : `/${keyword}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    found.push({ keyword, key, place, raw: value, pointer });
  };
  for (const name of Object.keys(raw)) {
    const known = schemaKeywords.get(name);
    if (known === undefined) continue;
    const value = raw[name];
    const { holds, place } = known;
    if (Array.isArray(value)) {
      if (holds === 'list' || holds === 'schema-or-list')
        for (const [index, item] of (value as readonly unknown[]).entries())
          add(name, holds === 'list' ? place : 'position', item, String(index));
    } else if (holds === 'map') {
      if (isObject(value)) for (const key of Object.keys(value)) add(name, place, value[key], key);
    } else if (holds !== 'list') add(name, place, value);
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ANYTHING = {};
const NOTHING = { not: {} };

/** A schema as an object: `true` is `{}`, `false` is `{ not: {} }` (JSON Schema 2020-12 core 4.3.2). Undefined for what is no schema. */
export function asSchema(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === true) return ANYTHING;
  if (value === false) return NOTHING;
  return isObject(value) ? value : undefined;
}
