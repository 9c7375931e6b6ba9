import type { Dialect } from '../model.ts';
import { schemaKeywords, type Holding } from './subschemas.ts';

/** How one schema resource is read: what its dialect and its `$vocabulary` switch on. */
export interface Rules {
  readonly dialect: Dialect;
  /** The keyword that gives a schema its own URI; undefined where the dialect has none. */
  readonly id: '$id' | 'id' | undefined;
  /** True where keywords beside `$ref` count (2019-09 and later). */
  readonly refSiblings: boolean;
  /** True where `items` may be a list and `additionalItems` follows it (before 2020-12). */
  readonly itemsList: boolean;
  /** False where `$vocabulary` leaves out the applicator, validation or unevaluated vocabulary. */
  readonly applicator: boolean;
  readonly validation: boolean;
  readonly unevaluated: boolean;
  /** True where `format` must be asserted because the meta-schema's `$vocabulary` says so. */
  readonly formatAssertion: boolean;
}

const modern: Rules = {
  dialect: '2020-12',
  id: '$id',
  refSiblings: true,
  itemsList: false,
  applicator: true,
  validation: true,
  unevaluated: true,
  formatAssertion: false,
};

const draft04: Rules = {
  ...modern,
  dialect: 'draft-04',
  id: 'id',
  refSiblings: false,
  itemsList: true,
  unevaluated: false,
};
const openapi30: Rules = { ...draft04, dialect: 'openapi-3.0', id: undefined };
/** Read as 2020-12, with the older form of `items`. */
const draft201909: Rules = { ...modern, itemsList: true };
const draft07: Rules = { ...draft201909, refSiblings: false, unevaluated: false };

const byDialect: Readonly<Record<Dialect, Rules>> = {
  '2020-12': modern,
  'draft-04': draft04,
  'openapi-3.0': openapi30,
};

const bySchemaUri: ReadonlyMap<string, Rules> = new Map([
  ['https://json-schema.org/draft/2020-12/schema', modern],
  ['https://spec.openapis.org/oas/3.1/dialect/base', modern],
  ['https://json-schema.org/draft/2019-09/schema', draft201909],
  ['http://json-schema.org/draft-07/schema', draft07],
  ['http://json-schema.org/draft-06/schema', draft07],
  ['http://json-schema.org/draft-04/schema', draft04],
]);

/** The rules of a dialect when nothing in the schema says otherwise. */
export function rulesOf(dialect: Dialect): Rules {
  return byDialect[dialect];
}

/** The rules that a well-known `$schema` stands for; undefined for others. A trailing `#` does not matter. */
export function rulesOfSchemaUri(uri: string): Rules | undefined {
  return bySchemaUri.get(uri.endsWith('#') ? uri.slice(0, -1) : uri);
}

const vocabularyBase = 'https://json-schema.org/draft/2020-12/vocab/';

/** The rules that a meta-schema's `$vocabulary` asks for (JSON Schema 2020-12 core, section 8.1.2). */
export function rulesOfVocabulary(vocabulary: Readonly<Record<string, unknown>>): Rules {
  const has = (name: string): boolean => Object.hasOwn(vocabulary, vocabularyBase + name);
  return {
    ...modern,
    applicator: has('applicator'),
    validation: has('validation'),
    unevaluated: has('unevaluated'),
    formatAssertion: has('format-assertion'),
  };
}

/** What stands under a keyword: one schema, a list or a map of them, one of several forms, or nothing to look into. */
export type Holds = Holding | 'opaque';

const since = { 'openapi-3.0': 0, 'draft-04': 1, '2020-12': 2 } as const;

/** Where the subschemas of a schema are. */
export function holds(rules: Rules, keyword: string): Holds {
  const known = schemaKeywords.get(keyword);
  return known !== undefined && since[known.since] <= since[rules.dialect] ? known.holds : 'opaque';
}
