import { randomInt } from 'node:crypto';
import { fuel, spend } from './fuel.ts';

/** JSON equality (JSON Schema 2020-12 core, section 4.2.2): numbers by value, also between `number` and `bigint`; objects without order. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === 'bigint' || typeof b === 'bigint')
    return isNumeric(a) && isNumeric(b) && numericKey(a) === numericKey(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
    return true;
  }
  const keys = presentKeys(a);
  if (keys.length !== presentKeys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
      return false;
  }
  return true;
}

/** Above this many items, comparing each pair costs more than hashing. */
const PAIRWISE = 8;

/** Whether no two items are equal. Linear in the size of the array beyond a few items, whatever is in it. */
export function unique(items: readonly unknown[]): boolean {
  const count = items.length;
  if (count < 2) return true;
  if (count <= PAIRWISE) {
    for (let i = 1; i < count; i++) for (let j = 0; j < i; j++) if (equal(items[i], items[j])) return false;
    return true;
  }
  const scalars = new Set<unknown>();
  const composed = new Map<number, unknown[]>();
  for (let index = 0; index < count; index++) {
    const item = items[index];
    if (typeof item !== 'object' || item === null) {
      const size = scalars.size;
      scalars.add(isNumeric(item) ? numericKey(item) : item);
      if (scalars.size === size) return false;
      continue;
    }
    const hash = hashOf(item);
    const bucket = composed.get(hash);
    if (bucket === undefined) composed.set(hash, [item]);
    else {
      spend(bucket.length);
      if (bucket.some((other) => equal(other, item))) return false;
      bucket.push(item);
    }
  }
  spend(count);
  return true;
}

/** Above this many values, a table is asked first. */
const LISTED = 8;

/** Whether a value is one of these. */
export function oneOfValues(values: readonly unknown[]): (value: unknown) => boolean {
  if (values.length <= LISTED) return (value) => values.some((candidate) => equal(candidate, value));
  const scalars = new Set<unknown>();
  const composed = new Map<number, unknown[]>();
  for (const value of values) {
    if (typeof value !== 'object' || value === null) scalars.add(isNumeric(value) ? numericKey(value) : value);
    else {
      fuel.left += 1_000;
      const hash = hashOf(value);
      const alike = composed.get(hash);
      if (alike === undefined) composed.set(hash, [value]);
      else alike.push(value);
    }
  }
  return (value) =>
    typeof value !== 'object' || value === null
      ? scalars.has(isNumeric(value) ? numericKey(value) : value)
      : composed.size > 0 && (composed.get(hashOf(value))?.some((candidate) => equal(candidate, value)) ?? false);
}

/** Nobody outside can know which values share a hash. */
const SEED = randomInt(2 ** 31);

/** A number that is the same for equal values, whatever the order of their properties. */
function hashOf(value: unknown): number {
  if (typeof value === 'string') return hashText(value, 1);
  if (isNumeric(value)) {
    const key = numericKey(value);
    return typeof key === 'number' && Number.isInteger(key) && Math.abs(key) < 2 ** 31
      ? mix(key ^ 0x5bd1e995)
      : hashText(String(key), 2);
  }
  if (typeof value !== 'object' || value === null) return hashText(String(value), 3);
  let hash = SEED;
  if (Array.isArray(value)) {
    spend(value.length >> 2);
    for (let index = 0; index < value.length; index++) hash = mix(Math.imul(hash, 31) + hashOf(value[index]));
    return hash;
  }
  const keys = presentKeys(value);
  spend(keys.length);
  for (const key of keys) hash = (hash + mix(hashText(key, 4) ^ hashOf((value as Record<string, unknown>)[key]))) | 0;
  return mix(hash);
}

function hashText(text: string, kind: number): number {
  let hash = SEED ^ kind;
  const { length } = text;
  spend(length >> 5);
  for (let index = 0; index < length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** Spreads every bit over all others (MurmurHash3's last step). */
function mix(hash: number): number {
  let mixed = hash ^ SEED;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Properties that would be serialised: an undefined one is absent. */
function presentKeys(value: object): string[] {
  const keys = Object.keys(value);
  return keys.some((key) => (value as Record<string, unknown>)[key] === undefined)
    ? keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined)
    : keys;
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** One JavaScript value per mathematical value: a number where it is exact, else a bigint. */
function numericKey(value: number | bigint): number | bigint {
  if (typeof value === 'bigint')
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
  if (value === 0) return 0;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}
