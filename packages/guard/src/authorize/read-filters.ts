import type { Column, DocumentField, LinkTable, SetTable } from '@castellan/policy';
import {
  boolean,
  either,
  isObject,
  madeBy,
  object,
  oneOf,
  record,
  text,
  type Reader,
} from '../configuration/reader.ts';
import type { FiltersOption } from './stores.ts';

type Tables = NonNullable<FiltersOption['tables']>;
type Documents = NonNullable<FiltersOption['mongodb']>;
type Prisma = NonNullable<FiltersOption['prisma']>;

const isText = (value: unknown): boolean => typeof value === 'string';

const expression = object<{ readonly sql: string }>({ sql: text }, ['sql']);
const column: Reader<Column> = either<Column, Column>(isText, text, expression);

const links = object<LinkTable>({ table: text, child: text, parent: text, closure: boolean, until: text }, [
  'table',
  'child',
  'parent',
]);
const link = either<Column, LinkTable>((value) => !isObject(value) || 'sql' in value, column, links);

const table = object<Tables[string]>({
  table: text,
  id: column,
  columns: record(column),
  sets: record(object<SetTable>({ table: text, owner: text, value: text, until: text }, ['table', 'owner', 'value'])),
  parents: record(link),
});

const field: Reader<DocumentField> = either<DocumentField, DocumentField>(
  isText,
  text,
  object<Exclude<DocumentField, string>>({ name: text, value: madeBy('a function') }, ['name', 'value']),
);

const document = object<Documents[string]>({
  id: field,
  fields: record(field),
  parents: record(text),
  times: oneOf(['date', 'iso', 'milliseconds', 'seconds']),
});

const model = object<NonNullable<Prisma['models']>[string]>({
  id: text,
  fields: record(text),
  relations: record(text),
  sets: record(object<{ relation: string; field: string }>({ relation: text, field: text }, ['relation', 'field'])),
  parents: record(text),
});

const prisma = object<Prisma>(
  { provider: oneOf(['postgresql', 'sqlite']), ids: record(oneOf(['string', 'number'])), models: record(model) },
  ['provider'],
);

/** Reads the option `filters`. */
export const filtersReader: Reader<FiltersOption> = object<FiltersOption>({
  dialect: oneOf(['postgresql', 'sqlite', 'mysql']),
  times: oneOf(['iso', 'milliseconds', 'seconds']),
  tables: record(table),
  mongodb: record(document),
  prisma: prisma,
});
