import type { Located, Location } from '../model.ts';
import { child, escapeToken, isObject } from '../load/pointer.ts';
import { resolveUri, splitFragment } from '../schema/uri.ts';
import type { Reading } from '../normalise/reading.ts';

/**
 * What a `$ref` in place of a map, a list or an object that may not be one stands for: the members of its target, each a
 * reference to where it is, so that its own references and its place stay what they are. Members beside the `$ref` win.
 * @param whole names of members that are data, and are taken over as they are
 * @throws CastellanError `unresolved-reference`, `reference-loop`
 */
export function expand(reading: Reading, node: Located, whole: (name: string) => boolean): object {
  return expandFrom(reading, node, whole, new Set());
}

/** The same for a discriminator's mapping, whose values are references without braces. */
export function expandMapping(reading: Reading, node: Located): object {
  const target = reading.resolve(node.location, String((node.value as Readonly<Record<string, unknown>>)['$ref']));
  const mapping = expand(reading, node, () => true);
  for (const [name, value] of Object.entries(mapping)) {
    if (typeof value !== 'string' || !value.includes('#')) continue;
    const { uri, fragment } = splitFragment(value);
    const { document } = target.location;
    define(mapping, name, `${uri === '' ? document : resolveUri(document, uri)}#${fragment}`);
  }
  return mapping;
}

function expandFrom(reading: Reading, node: Located, whole: (name: string) => boolean, trail: Set<string>): object {
  const { $ref: ref, ...beside } = node.value as Readonly<Record<string, unknown>>;
  const at = child(node, '$ref').location;
  const key = `${node.location.document}#${node.location.pointer}`;
  if (trail.has(key))
    throw reading.error(
      at,
      'reference-loop',
      `the reference '${String(ref)}' leads back to itself`,
      'write the members here',
    );
  trail.add(key);
  const target = reading.locate(node.location, String(ref));
  const members =
    isObject(target.value) && typeof target.value['$ref'] === 'string'
      ? expandFrom(reading, target, whole, trail)
      : membersOf(target, whole);
  if (members === undefined)
    throw reading.error(
      at,
      'invalid-reference',
      `the reference '${String(ref)}' leads to what is neither an object nor a list`,
      'refer to what would stand here, or write it here',
    );
  if (Array.isArray(members)) return members;
  const merged: Record<string, unknown> = {};
  for (const [name, value] of [...Object.entries(members), ...Object.entries(beside)]) define(merged, name, value);
  return merged;
}

function membersOf(target: Located, whole: (name: string) => boolean): object | undefined {
  const { value, location } = target;
  if (Array.isArray(value)) return value.map((item: unknown, index) => memberOf(location, String(index), item));
  if (!isObject(value)) return undefined;
  const members: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value))
    define(members, name, whole(name) ? item : memberOf(location, name, item));
  return members;
}

function memberOf({ document, pointer }: Location, name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // A fragment is percent-encoded (RFC 6901 section 6).
  const fragment = `${pointer}/${escapeToken(name)}`.split('/').map(encodeURIComponent).join('/');
  return { $ref: `${document}#${fragment}` };
}

export function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
