import { CastellanError } from '../error.ts';
import { tooDeep, type LoadLimits } from './limits.ts';

/** A copy without shared parts, so that a change to one does not change the other: of a parsed YAML document with aliases. */
export function unshared<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => unshared(item)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    Object.defineProperty(copy, key, { value: unshared(item), writable: true, enumerable: true, configurable: true });
  return copy as T;
}

/**
 * A copy of a document given as an object, so that later changes to it change nothing here: plain objects and arrays of
 * JSON values. Shared parts stay shared.
 * @throws CastellanError `invalid-openapi`, `document-too-deep`
 */
export function copyObject(input: object, file: string, limits: LoadLimits): Readonly<Record<string, unknown>> {
  const place = { file };
  const copies = new Map<object, unknown>();
  const open = new Set<object>();
  /** Values written out so far, shared parts as often as they occur: what whoever walks the document has to do. */
  let nodes = 0;
  const sizes = new Map<object, number>();
  const count = (more: number): void => {
    nodes += more;
    if (nodes <= limits.maxExpandedNodes) return;
    throw new CastellanError({
      code: 'alias-bomb',
      message: `the document holds more than ${limits.maxExpandedNodes} values when its shared parts are written out`,
      place,
      mend: 'give the document with its $ref members, or raise limits.maxExpandedNodes',
    });
  };
  const copy = (value: unknown, depth: number): unknown => {
    count(1);
    if (typeof value !== 'object' || value === null) {
      if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return undefined;
      return typeof value === 'bigint' ? Number(value) : value;
    }
    if (depth > limits.maxDepth) throw tooDeep(place, limits.maxDepth);
    if (open.has(value)) {
      throw new CastellanError({
        code: 'invalid-openapi',
        message: 'the document contains itself',
        place,
        mend: 'give the document with its $ref members, not one whose references were already replaced',
      });
    }
    const known = copies.get(value);
    if (known !== undefined) {
      count(sizes.get(value) ?? 1);
      return known;
    }
    const before = nodes;
    open.add(value);
    let made: unknown;
    if (Array.isArray(value)) made = value.map((item) => copy(item, depth + 1) ?? null);
    else {
      const object: Record<string, unknown> = {};
      copies.set(value, object);
      for (const [key, item] of Object.entries(value)) {
        const copied = copy(item, depth + 1);
        if (copied !== undefined)
          Object.defineProperty(object, key, {
            value: copied,
            writable: true,
            enumerable: true,
            configurable: true,
          });
      }
      made = object;
    }
    copies.set(value, made);
    sizes.set(value, nodes - before);
    open.delete(value);
    return made;
  };
  if (Array.isArray(input)) {
    throw new CastellanError({
      code: 'invalid-openapi',
      message: 'the document is an array',
      place,
      mend: 'give an OpenAPI document: an object',
    });
  }
  return copy(input, 1) as Readonly<Record<string, unknown>>;
}
