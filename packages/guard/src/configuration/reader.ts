import { type CastellanError, nearest } from '@castellan/contract';
import { attempt, OptionError, whole } from './collect.ts';
import { placeWithin } from './place-within.ts';
import { wholeNumbers } from './whole-numbers.ts';

export { OptionError, readAll } from './collect.ts';

/** JSON Schema (2020-12) of what a reader takes from JSON or YAML. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Reads a value that somebody wrote into one that cannot be wrong, and says in JSON Schema what it takes. */
export interface Reader<T> {
  /**
   * @param where names the value for messages: `authentication.oauth.clockSkew`
   * @throws CastellanError
   */
  (value: unknown, where: string): T;
  /** Takes the same values; what only code can give, such as a function, is taken by no schema. */
  readonly schema: JsonSchema;
}

/** A reader of what this schema takes. */
export function reader<T>(schema: JsonSchema, read: (value: unknown, where: string) => T): Reader<T> {
  return Object.assign((value: unknown, where: string) => read(value, where), { schema });
}

/** What cannot be written, only made by code. */
export const onlyInCode: JsonSchema = { not: {}, description: 'Only in code.' };

/** Reads the members of `T`: a member of the type without its reader does not compile. */
export type Members<T> = { readonly [K in keyof T]-?: Reader<NonNullable<T[K]>> };

/** What is written cannot be meant. */
export function badOption(where: string, message: string, mend: string, code = 'bad-option'): OptionError {
  return new OptionError(where, code, `${where} ${message}`, mend);
}

/** @param accepted completes "is not …" and "write …" */
function wrong(where: string, value: unknown, accepted: string, example: string): CastellanError {
  return badOption(where, `is ${kindOf(value)}, not ${accepted}`, `write ${accepted}, such as ${example}`);
}

/** What kind of value was written; never the value, which may be a secret. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  return typeof value === 'undefined' ? 'missing' : `a ${typeof value}`;
}

/** Whether a value is an object with members, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws CastellanError `bad-option` where it is no object */
export function objectOf(value: unknown, where: string, example: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw wrong(where, value, 'an object', example);
}

/**
 * Refuses names that are none of these: what was meant as a defence is never ignored.
 * @param schema of the object: an option that stands further down in it is named with its place
 * @throws CastellanError `unknown-option`
 */
export function knownNames(value: object, where: string, names: readonly string[], schema: JsonSchema = {}): void {
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  whole(unknown.map((name) => attempt(() => unknownName(name, where, names, schema))));
}

function unknownName(name: string, where: string, names: readonly string[], schema: JsonSchema): never {
  const here = nearest(name, names);
  const isPlural = here === `${name}s` || name === `${here}s`;
  // One that is written right, and stands at the wrong place.
  const near = isPlural ? here : (placeWithin(schema, name) ?? here);
  throw new OptionError(
    `${where}.${name}`,
    'unknown-option',
    `${where} has no option '${name.slice(0, 80)}'`,
    near === undefined ? `the options are ${names.join(', ')}` : `did you mean ${near}?`,
  );
}

/** The items of a list, each read. */
export function eachOf<T>(items: readonly unknown[], of: Reader<T>, where: string): readonly T[] {
  return whole(items.map((one, index) => attempt(() => of(one, `${where}[${index}]`))));
}

/** An object with exactly these members. One that is `undefined` is absent. */
export function object<T extends object>(members: Members<T>, required: readonly (keyof T & string)[] = []): Reader<T> {
  const names = Object.keys(members) as (keyof T & string)[];
  const schema = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, members[name].schema])),
    ...(required.length === 0 ? {} : { required }),
  };
  return reader(schema, (value, where) => {
    const given = objectOf(value, where, `{ ${names[0]}: … }`);
    const known = attempt(() => knownNames(given, where, names, schema));
    const read = names.map((name) => attempt(() => [name, memberOf(given, name, where)] as const));
    whole([known, ...read]);
    // Each member was read by its own reader; the compiler cannot follow that through the loop.
    return Object.fromEntries(whole(read).filter(([, inner]) => inner !== undefined)) as T;
  });

  function memberOf(given: Readonly<Record<string, unknown>>, name: keyof T & string, where: string): unknown {
    const inner = Object.hasOwn(given, name) ? given[name] : undefined;
    if (inner !== undefined) return members[name](inner, `${where}.${name}`);
    if (required.includes(name)) throw badOption(`${where}.${name}`, 'is missing', `add ${name}`);
    return undefined;
  }
}

/** An object whose names are the writer's own. */
export function record<T>(of: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return reader({ type: 'object', additionalProperties: of.schema }, (value, where) => {
    const read = Object.entries(objectOf(value, where, '{ name: … }')).map(([name, inner]) =>
      attempt(() => [name, of(inner, `${where}.${name.slice(0, 80)}`)] as const),
    );
    // Not by assignment: a name may be `__proto__`.
    return Object.fromEntries(whole(read));
  });
}

export const text: Reader<string> = reader({ type: 'string', minLength: 1 }, (value, where) => {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(where, value, 'a text', "'name'");
});

/** An object whose members somebody else reads. */
export function anyObject(example: string): Reader<Readonly<Record<string, unknown>>> {
  return reader({ type: 'object' }, (value, where) => objectOf(value, where, example));
}

/** A secret: as it is, and no shorter than what can be guessed. */
export function secret(least: number): Reader<string> {
  return reader({ type: 'string', minLength: least }, (value, where) => {
    const given = text(value, where);
    // Characters as JSON Schema counts them.
    if ([...given].length >= least) return given;
    throw badOption(
      where,
      `has fewer than ${least} characters`,
      'use a random secret: openssl rand -base64 32',
      'weak-secret',
    );
  });
}

/** A secret, or a reference to one (`${env:NAME}`, `${file:path}`) that is read at start. */
export function secretOrReference(least: number): Reader<string> {
  const written = secret(least);
  const reference = /\$\{(?:env|file):[^}]+\}/;
  const schema = { anyOf: [written.schema, { type: 'string', pattern: reference.source }] };
  return reader(schema, (value, where) =>
    typeof value === 'string' && reference.test(value) ? value : written(value, where),
  );
}

export function oneOf<const T extends string | number>(values: readonly T[]): Reader<T> {
  const taken = new Set(values.flatMap((one) => [one, String(one)]));
  return reader({ enum: [...taken] }, (value, where) => {
    const found = values.find((one) => one === value || String(one) === value);
    if (found !== undefined) return found;
    const near =
      typeof value === 'string'
        ? nearest(
            value,
            values.map((one) => String(one)),
          )
        : undefined;
    throw badOption(
      where,
      `is none of ${values.join(', ')}`,
      near === undefined ? `write ${values.join(', ')}` : `did you mean ${near}?`,
    );
  });
}

/** True or false; a reference such as `${env:NAME}` can only give the texts. */
export const boolean: Reader<boolean> = reader({ enum: [true, false, 'true', 'false'] }, (value, where) => {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw wrong(where, value, 'true or false', 'true');
});

/** A whole number, or the text of one. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Reader<number> {
  const pattern = `^${wholeNumbers(least, most)}(?:\\.0{1,9})?$`;
  const written = new RegExp(pattern);
  const schema = {
    anyOf: [
      { type: 'integer', minimum: least, maximum: most },
      { type: 'string', pattern },
    ],
  };
  return reader(schema, (value, where) => {
    const number = typeof value !== 'string' || written.test(value) ? numberOf(value) : undefined;
    if (number !== undefined && Number.isSafeInteger(number) && number >= least && number <= most) return number;
    const upTo = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw wrong(where, value, `a whole number ${upTo}`, String(Math.min(most, Math.max(least, 10))));
  });
}

/** The number that is written, as such or as a text of digits. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
}

/** A list. One text stands for a list of one; a text that looks like several is refused, because it would be none of them. */
export function list<T>(of: Reader<T>): Reader<readonly T[]> {
  const schema = {
    anyOf: [{ allOf: [{ type: 'string', pattern: '^[^\\s,]+$' }, of.schema] }, { type: 'array', items: of.schema }],
  };
  return reader(schema, (value, where) => {
    if (typeof value === 'string' && value !== '' && !/[\s,]/.test(value)) return [of(value, where)];
    if (!Array.isArray(value)) throw wrong(where, value, 'a list', "['one', 'two']");
    return eachOf(value, of, where);
  });
}

/** A list that holds something. */
export function someOf<T>(of: Reader<T>): Reader<readonly T[]> {
  const read = list(of);
  return reader({ ...read.schema, minItems: 1 }, (value, where) => {
    const found = read(value, where);
    if (found.length > 0) return found;
    throw wrong(where, value, 'a list that holds something', "['one']");
  });
}

/** Scopes: a list, or one text that is split at its spaces (RFC 6749 section 3.3). */
export const scopes: Reader<readonly string[]> = reader(
  { anyOf: [{ type: 'string' }, { type: 'array', items: text.schema }] },
  (value, where) => (typeof value === 'string' ? value.split(' ').filter(Boolean) : list(text)(value, where)),
);

/** Something that the application made: a function, or an object with this method. */
export function madeBy<T>(what: string, ...methods: readonly string[]): Reader<T> {
  return reader(onlyInCode, (value, where) => {
    if (methods.length === 0 && typeof value === 'function') return value as T;
    if (
      methods.length > 0 &&
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
    )
      return value as T;
    throw wrong(where, value, what, methods.length === 0 ? '() => …' : `{ ${methods[0]}() { … } }`);
  });
}

/**
 * The first reader for values of a kind, the second for the others. What the kind takes in, the first alone decides: their
 * schemas must not overlap.
 */
export function either<A, B>(takes: (value: unknown) => boolean, first: Reader<A>, second: Reader<B>): Reader<A | B> {
  const schemas = [first.schema, second.schema].filter((schema) => schema !== onlyInCode);
  const schema = schemas.length === 2 ? { anyOf: schemas } : (schemas[0] ?? onlyInCode);
  return reader(schema, (value, where) => (takes(value) ? first(value, where) : second(value, where)));
}
