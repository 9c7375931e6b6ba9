import type { CastellanError } from '../error.ts';
import { child, entries, isObject } from '../load/pointer.ts';
import type { Provenance } from '../load/provenance.ts';
import type { Located, Location } from '../model.ts';

export interface Merging {
  readonly provenance: Provenance;
  readonly conflict: (location: Location, message: string, mend: string) => CastellanError;
  /** Called where a list called `security` grows: each item of it is one more way in. */
  readonly widened: (location: Location) => void;
}

/**
 * Merges a value into an object or array, as Overlay 1.1's Action Object says it (1.0 means the same): members replace
 * values, objects merge, lists grow.
 */
export function merge(target: unknown, source: Located, merging: Merging, key: string): void {
  if (Array.isArray(target)) {
    append(target, source, merging, key);
    return;
  }
  if (!isObject(target) || !isObject(source.value))
    throw merging.conflict(source.location, 'the target is an object, but update is not', 'write an object');
  for (const [name, member] of entries(source)) {
    const before = Object.hasOwn(target, name) ? target[name] : undefined;
    if (before === undefined || (!isContainer(before) && !isContainer(member.value))) {
      const value = isContainer(member.value) ? structuredClone(member.value) : member.value;
      Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
      merging.provenance.set(target, name, member.location);
    } else if (
      isContainer(before) &&
      isContainer(member.value) &&
      Array.isArray(before) === Array.isArray(member.value)
    ) {
      merge(before, member, merging, name);
    } else {
      throw merging.conflict(
        member.location,
        `${name} is of another kind in the document`,
        'remove it in an action before this one',
      );
    }
  }
}

function append(target: unknown[], source: Located, merging: Merging, key: string): void {
  const added = Array.isArray(source.value) ? [...source.value.keys()].map((index) => child(source, index)) : [source];
  if (key === 'security' && target.length > 0 && added.length > 0) merging.widened(source.location);
  for (const item of added) {
    merging.provenance.set(target, String(target.length), item.location);
    target.push(isContainer(item.value) ? structuredClone(item.value) : item.value);
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
