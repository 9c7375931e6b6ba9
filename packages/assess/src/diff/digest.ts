import { createHash } from 'node:crypto';
import { escapePointer, type Contract, type Location } from '@castellan/contract';
import { isRaw, type SchemaNode } from '../posture/constraint.ts';
import { isAnnotation } from './canonical.ts';

const digests = new WeakMap<object, string>();

/**
 * A hash of a schema and of everything that it refers to, however deep and in circles: the same for the same text, whatever
 * the order of members and the annotations. What is written otherwise and means the same may differ.
 */
export function digestOf(contract: Contract, node: SchemaNode): string {
  let digest = digests.get(node.raw);
  if (digest === undefined) digests.set(node.raw, (digest = graphDigest(contract, node)));
  return digest;
}

function graphDigest(contract: Contract, root: SchemaNode): string {
  const hash = createHash('sha256');
  const indexes = new Map<string, number>();
  const queue: { readonly value: unknown; readonly location: Location }[] = [
    { value: root.raw, location: root.location },
  ];
  /** The number of what a reference leads to, in the order in which references are met. */
  const indexOf = (ref: string, from: Location): string => {
    try {
      const { value, location } = contract.references.locate(from, ref);
      const key = `${location.document}#${location.pointer}`;
      let index = indexes.get(key);
      if (index === undefined) {
        indexes.set(key, (index = indexes.size));
        queue.push({ value, location });
      }
      return String(index);
    } catch {
      return ref;
    }
  };
  const write = (value: unknown, location: Location): void => {
    if (Array.isArray(value)) {
      hash.update('[');
      for (const [index, item] of value.entries()) write(item, within(location, index));
      hash.update(']');
    } else if (isRaw(value)) {
      hash.update('{');
      for (const key of Object.keys(value).toSorted()) {
        if (isAnnotation(key)) continue;
        const member = value[key];
        hash.update(JSON.stringify(key));
        if (isReference(key) && typeof member === 'string') hash.update(indexOf(member, location));
        else write(member, within(location, key));
      }
      hash.update('}');
    } else hash.update(`${JSON.stringify(value) ?? 'null'},`);
  };
  for (let at = 0; at < queue.length; at++) {
    const next = queue[at];
    if (next !== undefined) write(next.value, next.location);
  }
  return hash.digest('hex');
}

/** What a value refers by; `$dynamicRef` counts as the place that it leads to by its text alone. */
function isReference(key: string): boolean {
  return key === '$ref' || key === '$dynamicRef';
}

function within(location: Location, key: string | number): Location {
  return { document: location.document, pointer: `${location.pointer}/${escapePointer(String(key))}` };
}
