import type { CastellanError } from '../error.ts';
import { child, entries, isObject, items } from '../load/pointer.ts';
import type { Located, Location, Rate } from '../model.ts';
import { nearest } from '../normalise/nearest.ts';
import {
  DURATION_PATTERN,
  parseDuration,
  parseRate,
  parseSize,
  parseSizeRate,
  RATE_PATTERN,
  SIZE_PATTERN,
  SIZE_RATE_PATTERN,
} from './quantities.ts';

/** Makes the error for a mistake at a place. */
export type Fail = (location: Location, code: string, message: string, mend: string) => CastellanError;

/** Reads a value of the vocabulary, and says in JSON Schema what it takes: one fact, two uses. */
export interface Reader<T> {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly read: (node: Located, fail: Fail) => T;
}

export interface Member<T> {
  readonly reader: Reader<unknown>;
  readonly description: string;
  readonly required: boolean;
  /** The value of an absent member. */
  readonly absent: T;
}

type Members = Readonly<Record<string, Member<unknown>>>;
type Values<M extends Members> = { -readonly [K in keyof M]: M[K] extends Member<infer T> ? T : never };

export function required<T>(reader: Reader<T>, description: string): Member<T> {
  return { reader, description, required: true, absent: undefined as T };
}

export function optional<T>(reader: Reader<T>, description: string): Member<T | undefined> {
  return { reader, description, required: false, absent: undefined };
}

export function defaulted<T>(reader: Reader<T>, absent: T, description: string): Member<T> {
  return { reader, description, required: false, absent };
}

/** An object with exactly these members. An unknown one is an error that names the nearest known one. */
export function object<const M extends Members>(members: M): Reader<Values<M>> {
  const names = Object.keys(members);
  return {
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(names.map((name) => [name, memberSchema(members[name])])),
      ...(names.some((name) => members[name]?.required)
        ? { required: names.filter((name) => members[name]?.required) }
        : {}),
    },
    read: (node, fail) => {
      if (!isObject(node.value)) throw invalid(fail, node, 'an object', `{ ${names[0]}: … }`);
      for (const [key, at] of entries(node)) {
        if (Object.hasOwn(members, key)) continue;
        const near = nearest(key, names);
        const mend = near === undefined ? `write one of ${names.join(', ')}` : `did you mean ${near}?`;
        throw fail(at.location, 'unknown-extension-key', `x-castellan has no key '${key.slice(0, 80)}' here`, mend);
      }
      const values: (readonly [name: string, value: unknown])[] = [];
      for (const name of names) {
        const member = members[name];
        const at = child(node, name);
        if (member === undefined) continue;
        if (at.value !== undefined) values.push([name, member.reader.read(at, fail)]);
        else if (member.required) throw fail(node.location, 'invalid-extension', `${name} is missing`, `add ${name}`);
        else if (member.absent !== undefined) values.push([name, member.absent]);
      }
      // Each member was read by its own reader; the compiler cannot follow that through the loop.
      return Object.freeze(Object.fromEntries(values)) as Values<M>;
    },
  };
}

function memberSchema(member: Member<unknown> | undefined): Readonly<Record<string, unknown>> {
  if (member === undefined) return {};
  const described = { description: member.description, ...member.reader.schema };
  return member.absent === undefined ? described : { ...described, default: member.absent };
}

export const string: Reader<string> = {
  schema: { type: 'string', minLength: 1 },
  read: (node, fail) => {
    if (typeof node.value === 'string' && node.value !== '') return node.value;
    throw invalid(fail, node, 'a text', 'a name');
  },
};

/** A full date (RFC 3339) that exists. */
export const date: Reader<string> = {
  schema: { type: 'string', format: 'date', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
  read: (node, fail) => {
    const { value } = node;
    if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
      const time = Date.parse(`${value}T00:00:00Z`);
      if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(value)) return value;
    }
    throw invalid(fail, node, 'a date', '2027-01-31');
  },
};

export function oneOf<const T extends string>(values: readonly T[]): Reader<T> {
  return {
    schema: { enum: values },
    read: (node, fail) => {
      const found = values.find((value) => value === node.value);
      if (found !== undefined) return found;
      const near = typeof node.value === 'string' ? nearest(node.value, values) : undefined;
      const mend = near === undefined ? `write ${values.join(', ')}` : `did you mean ${near}?`;
      throw fail(node.location, 'invalid-extension', `${nameOf(node)} is none of ${values.join(', ')}`, mend);
    },
  };
}

/** A text, or an object that says more. */
export function textOr<A, B>(text: Reader<A>, otherwise: Reader<B>): Reader<A | B> {
  return {
    schema: { anyOf: [text.schema, otherwise.schema] },
    read: (node, fail) => (isObject(node.value) ? otherwise.read(node, fail) : text.read(node, fail)),
  };
}

/** true or false. */
export const boolean: Reader<boolean> = {
  schema: { type: 'boolean' },
  read: (node, fail) => {
    if (typeof node.value === 'boolean') return node.value;
    throw invalid(fail, node, 'true or false', 'true');
  },
};

export function integer(minimum: number): Reader<number> {
  return {
    schema: { type: 'integer', minimum },
    read: (node, fail) => {
      if (typeof node.value === 'number' && Number.isSafeInteger(node.value) && node.value >= minimum)
        return node.value;
      throw invalid(fail, node, `a whole number of at least ${minimum}`, String(Math.max(minimum, 10)));
    },
  };
}

export function list<T>(of: Reader<T>): Reader<readonly T[]> {
  return {
    schema: { type: 'array', items: of.schema },
    read: (node, fail) => {
      if (!Array.isArray(node.value))
        throw invalid(fail, node, 'a list', typeof node.value === 'string' ? `[${node.value}]` : '[…]');
      return Object.freeze([...items(node)].map((item) => of.read(item, fail)));
    },
  };
}

/**
 * An object whose names are the writer's own.
 * @param reserved names that mean something already
 */
export function names<T>(of: Reader<T>, reserved: readonly string[]): Reader<Readonly<Record<string, T>>> {
  return {
    schema: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$', not: { enum: reserved } },
      additionalProperties: of.schema,
    },
    read: (node, fail) => {
      if (!isObject(node.value)) throw invalid(fail, node, 'an object', '{ name: … }');
      const values = [...entries(node)].map(([name, at]) => {
        if (reserved.includes(name) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === '__proto__')
          throw fail(
            at.location,
            'invalid-extension',
            `'${name.slice(0, 80)}' ${reserved.includes(name) ? 'means something already' : 'is no name'}`,
            'choose another name of letters, digits and underscores',
          );
        return [name, of.read(at, fail)] as const;
      });
      return Object.freeze(Object.fromEntries(values));
    },
  };
}

/** Values by any name: at least one. */
export function mapOf<T>(of: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return {
    schema: { type: 'object', additionalProperties: of.schema, minProperties: 1 },
    read: (node, fail) => {
      if (!isObject(node.value) || Object.keys(node.value).length === 0)
        throw invalid(fail, node, 'an object with at least one name', '{ name: … }');
      return Object.freeze(Object.fromEntries([...entries(node)].map(([name, at]) => [name, of.read(at, fail)])));
    },
  };
}

/** A time zone of the IANA database. */
export const zone: Reader<string> = {
  schema: string.schema,
  read: (node, fail) => {
    const { value } = node;
    try {
      if (typeof value === 'string' && value !== '') {
        Intl.DateTimeFormat('en', { timeZone: value });
        return value;
      }
    } catch {
      // Said below.
    }
    throw invalid(fail, node, 'a time zone', 'Europe/Berlin');
  },
};

/** Seconds of `3s`, `15 minutes`. */
export const duration: Reader<number> = quantity(DURATION_PATTERN, parseDuration, 'a duration', '15 minutes');
export const rate: Reader<Rate> = quantity(RATE_PATTERN, parseRate, 'a rate', '60/minute');
export const sizeRate: Reader<Rate> = quantity(SIZE_RATE_PATTERN, parseSizeRate, 'a size per time', '20MB/day');

/** Bytes, as a number or as a size. */
export const size: Reader<number> = {
  schema: { anyOf: [integer(0).schema, { type: 'string', pattern: SIZE_PATTERN }] },
  read: (node, fail) => {
    if (typeof node.value === 'number') return integer(0).read(node, fail);
    return quantity(SIZE_PATTERN, parseSize, 'a size', '10MB').read(node, fail);
  },
};

function quantity<T>(
  pattern: string,
  parse: (text: string) => T | undefined,
  what: string,
  example: string,
): Reader<T> {
  return {
    schema: { type: 'string', pattern },
    read: (node, fail) => {
      const value = typeof node.value === 'string' ? parse(node.value) : undefined;
      if (value === undefined) throw invalid(fail, node, what, example);
      return value;
    },
  };
}

function invalid(fail: Fail, node: Located, what: string, example: string): CastellanError {
  return fail(
    node.location,
    'invalid-extension',
    `${nameOf(node)} is not ${what}`,
    `write ${what}, such as ${example}`,
  );
}

function nameOf(node: Located): string {
  return node.location.pointer.slice(node.location.pointer.lastIndexOf('/') + 1) || 'the value';
}
