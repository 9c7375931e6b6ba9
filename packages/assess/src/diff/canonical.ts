import type { Contract } from '@castellan/contract';
import { digestOf } from './digest.ts';
import { follow, isRaw, type SchemaNode } from '../posture/constraint.ts';

/** Keywords that bind nothing: two schemas that differ in these only mean the same. */
const ANNOTATIONS =
  /^(?:title|description|summary|examples?|default|deprecated|externalDocs|xml|\$comment|\$id|\$schema|\$anchor|\$defs|definitions|x-.*)$/;
const DEEPEST = 8;

/** Whether a member of a schema binds nothing. `x-castellan` is compared by itself. */
export function isAnnotation(key: string): boolean {
  return ANNOTATIONS.test(key);
}

/** A value of a schema as text that is the same for the same meaning: references followed, members sorted, annotations left out. */
export function canonical(contract: Contract, value: unknown, within: SchemaNode, depth = 0): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonical(contract, one, within, depth + 1)).join(',')}]`;
  if (!isRaw(value)) return JSON.stringify(value) ?? '';
  const node = { raw: value, location: within.location };
  if (depth > DEEPEST) return digestOf(contract, node);
  const target = follow(contract, node) ?? node;
  const members = { ...target.raw, ...value };
  const keys = Object.keys(members)
    .filter((key) => !ANNOTATIONS.test(key) && (key !== '$ref' || target === node))
    .toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(contract, members[key], target, depth + 1)}`).join(',')}}`;
}
