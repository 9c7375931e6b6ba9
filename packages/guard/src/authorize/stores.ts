import { CastellanError, nearest } from '@castellan/contract';
import type {
  DocumentMapping,
  PrismaMapping,
  RecordShape,
  SchemaModel,
  SqlMapping,
  TableMapping,
} from '@castellan/policy';
import { principalType, type EntityRef } from '@castellan/policy/entities';
import type { Authority } from './authority.ts';
import { entityKey, type Directory, type EntityUid } from './directory.ts';
import { groupType } from './principal.ts';

/** Where the objects of lists are kept, so that the database can be asked with the policies' conditions. */
export interface FiltersOption {
  /** `postgresql` (the default), `sqlite` or `mysql`. */
  readonly dialect?: SqlMapping['dialect'];
  /** How SQLite has times: `iso` (the default), `milliseconds` or `seconds`. */
  readonly times?: SqlMapping['times'];
  /** Tables by resource type; `User` and `Group` too, where the database knows who is in which group. */
  readonly tables?: Readonly<Record<string, Omit<TableMapping, 'members'>>> | undefined;
  /** Documents of MongoDB by resource type. */
  readonly mongodb?: Readonly<Record<string, Omit<DocumentMapping, 'members'>>> | undefined;
  /** Models of Prisma. */
  readonly prisma?: Omit<PrismaMapping, 'members'> | undefined;
}

type Members = NonNullable<TableMapping['members']>;

/** Where the items of a list are, for SQL. What is given with a call counts before the guard's option. */
export function sqlMappingOf(
  authority: Authority,
  type: string,
  now: number,
  given: SqlMapping | undefined,
): SqlMapping {
  const { filters = {} } = authority;
  const tables = named(authority, filters.tables ?? {}, (table) => ({
    ...table,
    ...(table.parents === undefined ? {} : { parents: named(authority, table.parents, (link) => link) }),
  }));
  const { dialect, times } = filters;
  const members = membersOf(authority.directory);
  return { ...tables[authority.nameOf(type)], dialect, times, tables, members, now, ...given };
}

/** Where the items of a list are, for MongoDB. */
export function mongoMappingOf(
  authority: Authority,
  type: string,
  given: DocumentMapping | undefined,
): DocumentMapping {
  const { mongodb = {} } = authority.filters ?? {};
  const own = Object.hasOwn(mongodb, type) ? mongodb[type] : undefined;
  const parents = own?.parents === undefined ? {} : { parents: named(authority, own.parents, (field) => field) };
  return { ...own, ...parents, members: membersOf(authority.directory), ...given };
}

/**
 * Where the items of a list are, for Prisma.
 * @throws CastellanError `no-prisma`
 */
export function prismaMappingOf(authority: Authority, given: PrismaMapping | undefined): PrismaMapping {
  const prisma = given ?? authority.filters?.prisma;
  if (prisma === undefined)
    throw new CastellanError({
      code: 'no-prisma',
      message: 'nobody says which database Prisma has',
      mend: "write filters: { prisma: { provider: 'postgresql' } } in the guard's options",
    });
  const { models = {}, ids = {} } = prisma;
  return {
    members: membersOf(authority.directory),
    ...prisma,
    ids: named(authority, ids, (id) => id),
    models: named(authority, models, (model) => ({
      ...model,
      ...(model.parents === undefined ? {} : { parents: named(authority, model.parents, (field) => field) }),
    })),
  };
}

/** By Cedar's name of each type. */
function named<T, U>(
  authority: Authority,
  byType: Readonly<Record<string, T>>,
  of: (value: T) => U,
): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(byType).map(([type, value]) => [authority.nameOf(type), of(value)]));
}

/** Who is in a group, where the directory is a list. */
function membersOf(directory: Directory | undefined): Members | undefined {
  const known = directory?.known;
  if (known === undefined) return undefined;
  return (group, type) => {
    const found: string[] = [];
    for (const { uid } of known.values()) if (uid.type === type && isWithin(uid, group, known)) found.push(uid.id);
    return found;
  };
}

function isWithin(uid: EntityUid, group: EntityRef, known: NonNullable<Directory['known']>): boolean {
  const seen = new Set<string>();
  const open = [...(known.get(entityKey(uid.type, uid.id))?.parents ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.type === group.type && next.id === group.id) return true;
    const key = entityKey(next.type, next.id);
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...(known.get(key)?.parents ?? []));
  }
  return false;
}

/**
 * Holds the names in the option against the contract: a table of a type that is none, or a column of an attribute that is
 * none, would be asked by nobody.
 * @throws CastellanError `filters-without-policies`, `unknown-resource`, `unknown-attribute`
 */
export function checkFilters(
  filters: FiltersOption | undefined,
  model: SchemaModel | undefined,
  entityTypes: ReadonlyMap<string, string>,
): void {
  if (filters === undefined) return;
  if (model === undefined)
    throw new CastellanError({
      code: 'filters-without-policies',
      message: 'filters says where lists are kept, and there are no policies to make conditions of',
      mend: 'give createGuard the option policies too',
    });
  const types = [...new Set([...entityTypes.keys(), principalType, groupType])];
  const check = (where: string, type: string, paths: readonly string[], parents: readonly string[]): void => {
    for (const one of [type, ...parents]) known(one, types, `filters.${where}`, 'unknown-resource', 'type');
    const shape = model.entityTypes.get(entityTypes.get(type) ?? type)?.attributes;
    for (const path of paths) checkPath(model, shape, path, `filters.${where}.${type}`);
  };
  for (const [type, table] of Object.entries(filters.tables ?? {}))
    check('tables', type, [...namesOf(table.columns), ...namesOf(table.sets)], namesOf(table.parents));
  for (const [type, document] of Object.entries(filters.mongodb ?? {}))
    check('mongodb', type, namesOf(document.fields), namesOf(document.parents));
  for (const [type, { fields, relations, sets, parents }] of Object.entries(filters.prisma?.models ?? {}))
    check('prisma', type, [...namesOf(fields), ...namesOf(relations), ...namesOf(sets)], namesOf(parents));
}

const namesOf = (record: Readonly<Record<string, unknown>> | undefined): readonly string[] => Object.keys(record ?? {});

function checkPath(model: SchemaModel, shape: RecordShape | undefined, path: string, where: string): void {
  let above = shape;
  for (const name of path.split('.')) {
    const attributes = [...(above?.attributes.keys() ?? [])];
    known(name, attributes, `${where}: ${path}`, 'unknown-attribute', 'attribute');
    const next = above?.attributes.get(name)?.shape;
    above =
      next?.kind === 'record'
        ? next
        : next?.kind === 'entity'
          ? model.entityTypes.get(next.type)?.attributes
          : undefined;
  }
}

function known(name: string, names: readonly string[], where: string, code: string, what: string): void {
  if (names.includes(name)) return;
  const near = nearest(name, [...names]);
  throw new CastellanError({
    code,
    message: `${where}: there is no ${what} '${name.slice(0, 80)}'`,
    mend: near === undefined ? `name one of ${names.slice(0, 12).join(', ') || 'none'}` : `did you mean '${near}'?`,
  });
}
