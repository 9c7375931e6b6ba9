import type { BodyLimits, Issue } from '../compiled.ts';
import { Refused } from '../parameters/refused.ts';
import { escapeToken } from '../load/pointer.ts';

const tooDeep = new Refused('depth', 'is nested deeper than is accepted', 'send fewer levels');
const tooMany = new Refused('nodes', 'has more values than are accepted', 'send fewer');
const tooLong = new Refused('too-long', 'is a text that is longer than is accepted', 'send a shorter one');
const forbidden = new Refused('forbidden-name', 'uses a name that no property may have', 'use another name');
const foreign = new Refused(
  'decode',
  'is something that no schema describes',
  'send objects with texts as names, lists, texts, numbers, booleans, bytes and null',
);

/**
 * What a decoder gave, as JSON would have it: objects with own members only, lists, texts, finite numbers, `bigint`, booleans, null and
 * bytes. Anything else, such as a date, a tag or an object with a prototype of its own, is an issue. Maps become objects.
 */
export function plainValue(
  given: unknown,
  limits: BodyLimits,
): { readonly value: unknown } | { readonly issues: readonly Issue[] } {
  let nodes = 0;
  function plain(value: unknown, depth: number, pointer: string): unknown {
    if (++nodes > limits.maxNodes) throw new RefusedBody(tooMany, pointer);
    switch (typeof value) {
      case 'string':
        if (value.length > limits.maxString) throw new RefusedBody(tooLong, pointer);
        return value;
      case 'number':
        if (Number.isFinite(value)) return value;
        break;
      case 'boolean':
        return value;
      case 'bigint':
        // One number, one form: what fits is a number, as JSON has it.
        return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
      case 'object':
        if (value === null) return value;
        if (value instanceof Uint8Array) return value;
        if (depth >= limits.maxDepth) throw new RefusedBody(tooDeep, pointer);
        if (Array.isArray(value)) return Array.from(value, (item, at) => plain(item, depth + 1, `${pointer}/${at}`));
        return members(value, depth, pointer);
      default:
    }
    throw new RefusedBody(foreign, pointer);
  }

  function members(value: object, depth: number, pointer: string): unknown {
    const prototype: unknown = Object.getPrototypeOf(value);
    const entries =
      value instanceof Map
        ? [...(value as ReadonlyMap<unknown, unknown>)]
        : prototype === Object.prototype || prototype === null
          ? Object.entries(value)
          : undefined;
    if (entries === undefined) throw new RefusedBody(foreign, pointer);
    const made: [string, unknown][] = [];
    for (const [name, inner] of entries) {
      if (typeof name !== 'string') throw new RefusedBody(foreign, pointer);
      if (name === '__proto__') throw new RefusedBody(forbidden, pointer);
      if (name.length > limits.maxString) throw new RefusedBody(tooLong, pointer);
      made.push([name, plain(inner, depth + 1, `${pointer}/${escapeToken(name.slice(0, 80))}`)]);
    }
    return Object.fromEntries(made);
  }

  try {
    return { value: plain(given, 0, '') };
  } catch (error) {
    if (error instanceof RefusedBody) return { issues: [error.why.issue(error.pointer)] };
    throw error;
  }
}

/** Why a body is refused, thrown from deep inside of it. */
export class RefusedBody extends Error {
  readonly why: Refused;
  readonly pointer: string;
  constructor(why: Refused, pointer: string) {
    super(why.message);
    this.why = why;
    this.pointer = pointer;
  }
}
