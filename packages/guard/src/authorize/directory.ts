import { readFile } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';

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
  if (Array.isArray(list) && list.every(isEntity)) return list;
  const index = Array.isArray(list) ? list.findIndex((entity) => !isEntity(entity)) : -1;
  throw new CastellanError({
    code: 'bad-entities',
    message: index < 0 ? `${what} gives no list` : `entity ${index} of ${what} is malformed`,
    ...(file === undefined ? {} : { place: { file } }),
    mend: 'write { "uid": { "type", "id" }, "attrs": { … }, "parents": [{ "type", "id" }] }',
  });
}

function isEntity(value: unknown): value is EntityJson {
  if (typeof value !== 'object' || value === null) return false;
  const { uid, attrs, parents } = value as Record<string, unknown>;
  return (
    isUid(uid) &&
    (attrs === undefined || (typeof attrs === 'object' && attrs !== null && !Array.isArray(attrs))) &&
    (parents === undefined || (Array.isArray(parents) && parents.every(isUid)))
  );
}

function isUid(value: unknown): value is EntityUid {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id } = value as Record<string, unknown>;
  return typeof type === 'string' && typeof id === 'string';
}
