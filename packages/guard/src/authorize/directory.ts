import { readFile } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';
import { EntityRef } from '@castellan/policy/entities';
import type { IdHash } from '../audit/id-hash.ts';
import { plainName, plainValue } from './cedar-json.ts';

/** The name of an entity, as Cedar's JSON form writes it. */
export interface EntityUid {
  readonly type: string;
  readonly id: string;
}

/** An entity in Cedar's JSON form: what it is, what is known of it and what it is in. */
export interface EntityJson {
  readonly uid: EntityUid;
  readonly attrs?: Readonly<Record<string, unknown>> | undefined;
  readonly parents?: readonly EntityUid[] | undefined;
}

/** Where what the API's own bodies do not tell comes from: groups of users, groups of groups. */
export type EntitiesOption =
  | string
  | readonly EntityJson[]
  | ((uids: readonly EntityUid[]) => readonly EntityJson[] | Promise<readonly EntityJson[]>);

/** A directory of entities. What it says of a principal counts instead of what the credential says. */
export interface Directory {
  /** All that it knows, where it is a list. */
  readonly known: ReadonlyMap<string, EntityJson> | undefined;
  /** Asks for entities that no list names. */
  readonly ask: ((uids: readonly EntityUid[]) => Promise<readonly EntityJson[]>) | undefined;
}

/** The key of an entity in maps; types hold no spaces. */
export function entityKey(type: string, id: string): string {
  return `${type} ${id}`;
}

/** What an entity is in, by the directory. */
export function parentsOf(told: EntityJson): readonly EntityRef[] {
  return (told.parents ?? []).map(({ type, id }) => new EntityRef(type, id));
}

/** An object in the log: its type, and its id as a keyed hash. */
export function shownKey({ hashId }: { readonly hashId: IdHash }, type: string, id: string): string {
  return id === '' ? type : `${type} ${hashId(type, id)}`;
}

/**
 * Reads the `entities` option.
 * @throws CastellanError `entities-file`, `bad-entities`
 */
export async function openDirectory(option: EntitiesOption | undefined): Promise<Directory | undefined> {
  if (option === undefined) return undefined;
  if (typeof option === 'function')
    return { known: undefined, ask: async (uids) => checked(await option(uids), 'the entities function') };
  const file = typeof option === 'string' ? option : undefined;
  const list = checked(file === undefined ? option : await readList(file), file ?? 'the entities option', file);
  return { known: new Map(list.map((entity) => [entityKey(entity.uid.type, entity.uid.id), entity])), ask: undefined };
}

async function readList(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    const syntax = cause instanceof SyntaxError;
    throw new CastellanError({
      code: 'entities-file',
      message: syntax
        ? 'the entities file is not JSON'
        : `the entities file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'write Cedar\'s entities JSON: [{ "uid": { "type": "User", "id": "ada" }, "attrs": {}, "parents": [] }]',
      cause,
    });
  }
}

function checked(list: unknown, what: string, file?: string): readonly EntityJson[] {
  const read = Array.isArray(list) ? list.map(entityOf) : [];
  const index = read.indexOf(undefined);
  if (Array.isArray(list) && index < 0) return read as readonly EntityJson[];
  throw new CastellanError({
    code: 'bad-entities',
    message: index < 0 ? `${what} gives no list` : `entity ${index} of ${what} is malformed`,
    ...(file === undefined ? {} : { place: { file } }),
    mend: 'write { "uid": { "type", "id" }, "attrs": { … }, "parents": [{ "type", "id" }] }',
  });
}

/** One entity of Cedar's JSON form, with escapes or without; undefined where it is malformed. */
function entityOf(value: unknown): EntityJson | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { uid, attrs, parents } = value as Record<string, unknown>;
  const name = plainName(uid);
  const groups = Array.isArray(parents) ? parents.map(plainName) : parents;
  const known = attrs === undefined ? undefined : plainValue(attrs);
  if (!isUid(name) || (groups !== undefined && !(Array.isArray(groups) && groups.every(isUid)))) return undefined;
  if (attrs !== undefined && (typeof known !== 'object' || known === null || Array.isArray(known))) return undefined;
  return {
    uid: name,
    ...(known === undefined ? {} : { attrs: known as Readonly<Record<string, unknown>> }),
    ...(groups === undefined ? {} : { parents: groups as readonly EntityUid[] }),
  };
}

function isUid(value: unknown): value is EntityUid {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id } = value as Record<string, unknown>;
  return typeof type === 'string' && typeof id === 'string';
}
