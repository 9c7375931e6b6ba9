import { EntityRef } from '@castellan/policy/entities';

/**
 * Cedar's entities JSON as it may be written in full: `{ "__entity": { "type", "id" } }` for the name of an entity,
 * `{ "__extn": { "fn", "arg" } }` for a time, a decimal or an address. Only in what a directory says: in the data of the
 * API these are members like any other.
 * @returns names as entity names, extension values as their text, all else as it is; undefined where an escape is malformed
 * @see https://docs.cedarpolicy.com/auth/entities-syntax.html
 */
export function plainValue(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) {
    const items = json.map(plainValue);
    return items.includes(undefined) ? undefined : items;
  }
  // What an application made itself, such as a Date, is no JSON.
  const prototype: unknown = Object.getPrototypeOf(json);
  if (prototype !== Object.prototype && prototype !== null) return json;
  const members = Object.entries(json);
  if (members.some(([name]) => escapes.has(name))) return members.length === 1 ? escaped(json) : undefined;
  const read = members.map(([name, value]) => [name, value === undefined ? null : plainValue(value)] as const);
  return read.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(read);
}

/** The name of an entity, with its escape or without. */
export function plainName(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('__entity' in json)) return json;
  return Object.keys(json).length === 1 ? json.__entity : undefined;
}

/** `__expr` is of old versions, and was code. */
const escapes = new Set(['__entity', '__extn', '__expr']);
const functions = new Set(['datetime', 'decimal', 'ip', 'duration']);

function escaped(json: object): unknown {
  const { __entity: name, __extn: extension } = json as Readonly<Record<string, unknown>>;
  if (typeof name === 'object' && name !== null) {
    const { type, id } = name as Readonly<Record<string, unknown>>;
    return typeof type === 'string' && typeof id === 'string' ? new EntityRef(type, id) : undefined;
  }
  if (typeof extension !== 'object' || extension === null) return undefined;
  const { fn, arg } = extension as Readonly<Record<string, unknown>>;
  return typeof fn === 'string' && functions.has(fn) && typeof arg === 'string' ? arg : undefined;
}
