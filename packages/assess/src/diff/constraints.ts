import { compilePattern, type Contract } from '@castellan/contract';
import { follow, isRaw, partsOf, type SchemaNode } from '../posture/constraint.ts';
import { canonical } from './canonical.ts';
import { lengthsOf } from './simple-pattern.ts';

/** What bounds one value, all parts of `allOf` and references taken together. */
export interface Constraints {
  /** JSON types; undefined where any is taken. `integer` only where `number` is not. */
  readonly types: ReadonlySet<string> | undefined;
  /** Listed values, by their canonical text. */
  readonly listed: ReadonlySet<string> | undefined;
  /** `maxLength`, `minimum` …: the strictest. */
  readonly bounds: ReadonlyMap<string, number>;
  /** Of bounds that the value itself does not meet: the number as it is written, by the next one in. */
  readonly exclusive: ReadonlyMap<number, number>;
  /** Bounds that hold without being written: a closed object has no more properties than it names. */
  readonly implied: ReadonlyMap<string, number>;
  readonly multiples: readonly number[];
  /** Whether properties that are not named are taken: all, those that a schema describes, none. */
  readonly others: 'all' | 'some' | 'none';
  /** Everything else that binds, by keyword, by its canonical text: each more takes less. */
  readonly conditions: ReadonlyMap<string, ReadonlyMap<string, Condition>>;
}

/** A condition, with the schemas that it is made of where it can be compared by them. */
export interface Condition {
  readonly contract: Contract;
  readonly parts: readonly SchemaNode[];
  /** What must be the same for the parts to be compared. */
  readonly beside: string;
}

/** Keywords whose value is compared as a whole. */
const WHOLE = ['contentMediaType', 'contentEncoding'] as const;
/** Keywords that hold one schema, by which they are compared. */
const SCHEMAS = ['not', 'propertyNames', 'unevaluatedItems', 'additionalItems', 'contentSchema'] as const;
const UPPER = ['maxLength', 'maxItems', 'maxProperties', 'maximum'] as const;
const LOWER = ['minLength', 'minItems', 'minProperties', 'minimum'] as const;
/** Patterns that every text matches. */
const ANY_TEXT = /^\^?(?:\.\*|\[\\s\\S\]\*|\(\?:\.\*\))?\$?$/;
/** Formats that only tell how a text is shown or sent. */
const SHOWN_ONLY: ReadonlySet<string> = new Set(['password', 'binary', 'byte', 'float', 'double', 'html', 'markdown']);
/** What a schema without a word takes. */
export const ANYTHING: Constraints = {
  types: undefined,
  listed: undefined,
  bounds: new Map(),
  exclusive: new Map(),
  implied: new Map(),
  multiples: [],
  others: 'all',
  conditions: new Map(),
};
/** Combinations of `anyOf` and `oneOf` that are compared one by one; of more, only whether they are the same. */
export const MOST_COMBINATIONS = 32;

/**
 * What a schema takes, as alternatives of which one holds: one where there is no `anyOf`, `oneOf` or `null` beside
 * another type.
 */
export function alternativesOf(contract: Contract, node: SchemaNode): readonly Constraints[] {
  return expand(contract, conjunctsOf(contract, node, 0), 0, [])
    .flatMap(splitNull)
    .filter((one) => !isEmpty(one));
}

/** The schema objects that hold together: itself, what it refers to, the parts of `allOf`. */
export function conjunctsOf(contract: Contract, node: SchemaNode, depth: number): SchemaNode[] {
  if (depth > 6) return [node];
  const target = follow(contract, node);
  const own =
    target === undefined || target.raw === node.raw ? [node] : [node, ...conjunctsOf(contract, target, depth + 1)];
  return [...own, ...partsOf(node, 'allOf').flatMap((part) => conjunctsOf(contract, part, depth + 1))];
}

/** @param whole texts of alternatives that are too many to be taken one by one */
function expand(
  contract: Contract,
  parts: readonly SchemaNode[],
  depth: number,
  whole: readonly string[],
): Constraints[] {
  let sets: (readonly SchemaNode[])[] = [[]];
  const left = [...whole];
  for (const part of parts)
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      const choices = partsOf(part, keyword).map((choice) => conjunctsOf(contract, choice, 0));
      if (choices.length === 0) continue;
      if (depth <= 3 && choices.length * sets.length <= MOST_COMBINATIONS)
        sets = sets.flatMap((set) => choices.map((choice) => [...set, ...choice]));
      else left.push(canonical(contract, part.raw[keyword], part));
    }
  if (sets.length === 1 && sets[0]?.length === 0) return [together(contract, parts, left)];
  const plain = parts.map(({ raw, location }) => ({ raw: { ...raw, anyOf: undefined, oneOf: undefined }, location }));
  return sets.flatMap((set) => expand(contract, [...plain, ...set], depth + 1, left));
}

function together(contract: Contract, parts: readonly SchemaNode[], whole: readonly string[]): Constraints {
  let types: ReadonlySet<string> | undefined;
  let listed: ReadonlySet<string> | undefined;
  let others: Constraints['others'] = 'all';
  const bounds = new Map<string, number>();
  const exclusive = new Map<number, number>();
  const multiples: number[] = [];
  const conditions = new Map<string, Map<string, Condition>>();
  const condition = (keyword: string, text: string, inner: readonly SchemaNode[] = [], beside = ''): void => {
    conditions.set(
      keyword,
      (conditions.get(keyword) ?? new Map<string, Condition>()).set(text, { contract, parts: inner, beside }),
    );
  };
  for (const part of parts) {
    const { raw } = part;
    const text = (value: unknown): string => canonical(contract, value, part);
    const written = typesOf(raw);
    if (written !== undefined) types = types === undefined ? written : meet(types, written);
    const values = Array.isArray(raw['enum']) ? raw['enum'] : 'const' in raw ? [raw['const']] : undefined;
    if (values !== undefined) {
      const set = new Set(values.map(text));
      listed = listed === undefined ? set : new Set([...listed].filter((one) => set.has(one)));
    }
    for (const keyword of UPPER) atMost(bounds, keyword, raw[keyword]);
    for (const keyword of LOWER) atLeast(bounds, keyword, raw[keyword]);
    atExclusive(bounds, exclusive, raw);
    if (typeof raw['multipleOf'] === 'number') multiples.push(raw['multipleOf']);
    for (const keyword of ['additionalProperties', 'unevaluatedProperties']) {
      const said = raw[keyword];
      if (said === false) others = 'none';
      else if (isRaw(said) && Object.keys(said).length > 0 && others === 'all') others = 'some';
    }
    if (typeof raw['pattern'] === 'string' && !ANY_TEXT.test(raw['pattern'])) condition('pattern', raw['pattern']);
    if (typeof raw['format'] === 'string' && !SHOWN_ONLY.has(raw['format'])) condition('format', raw['format']);
    if (raw['uniqueItems'] === true) condition('uniqueItems', 'true');
    for (const name of Array.isArray(raw['required']) ? raw['required'] : []) condition('required', String(name));
    // OpenAPI 3.0 writes these two as formats.
    if (raw['format'] === 'byte') condition('contentEncoding', text('base64'));
    for (const keyword of WHOLE)
      if (raw[keyword] !== undefined && raw[keyword] !== 'application/octet-stream')
        condition(keyword, text(raw[keyword]));
    const below = (pointer: string, value: unknown): readonly SchemaNode[] =>
      isRaw(value)
        ? [{ raw: value, location: { ...part.location, pointer: `${part.location.pointer}/${pointer}` } }]
        : [];
    for (const keyword of SCHEMAS)
      if (raw[keyword] !== undefined && raw[keyword] !== true)
        condition(keyword, text(raw[keyword]), below(keyword, raw[keyword]));
    for (const [name, needed] of Object.entries(Object(raw['dependentRequired']) as object))
      for (const one of Array.isArray(needed) ? needed : [])
        condition('dependentRequired', `${JSON.stringify(name)} ${JSON.stringify(one)}`);
    for (const keyword of ['dependentSchemas', 'dependencies'])
      for (const [name, value] of Object.entries(Object(raw[keyword]) as object))
        condition(`dependentSchemas of ${name}`, text(value), below(`${keyword}/${name}`, value));
    const { contains } = raw;
    if (contains !== undefined && raw['minContains'] !== 0) {
      const beside = text([raw['minContains'] ?? 1, raw['maxContains'] ?? null]);
      condition('contains', text([contains, beside]), below('contains', contains), beside);
    }
    if (raw['if'] !== undefined && (raw['then'] ?? raw['else']) !== undefined) {
      const asked = text(raw['if']);
      condition(
        'if',
        text([raw['if'], raw['then'] ?? true, raw['else'] ?? true]),
        [...below('then', raw['then']), ...below('else', raw['else'])],
        `${asked} ${isRaw(raw['then'])} ${isRaw(raw['else'])}`,
      );
    }
    // A tuple that is closed has no more items than positions.
    if (raw['items'] === false || raw['unevaluatedItems'] === false || raw['additionalItems'] === false)
      atMost(bounds, 'maxItems', Array.isArray(raw['prefixItems']) ? raw['prefixItems'].length : 0);
  }
  for (const text of whole) condition('combinations', text);
  const even = multiples.filter((one) => Number.isInteger(one) && one > 0);
  // Multiples of a whole number are whole, and begin at the next of them.
  if (even.length > 0 && types?.has('number') === true)
    types = new Set([...types].map((type) => (type === 'number' ? 'integer' : type)));
  // A whole number is a multiple of a half.
  if (types?.size === 1 && types.has('integer'))
    for (const [at, one] of [...multiples.entries()].toReversed()) if (1 % one === 0) multiples.splice(at, 1);
  if (even.length === 1 && multiples.length === 1) toMultiples(bounds, exclusive, even[0] ?? 1);
  const named = others === 'none' ? namesIn(parts) : undefined;
  const implied = new Map([['minProperties', conditions.get('required')?.size ?? 0]]);
  if (named !== undefined) implied.set('maxProperties', named);
  for (const pattern of conditions.get('pattern')?.keys() ?? []) {
    const [least, most] = lengthsOf(pattern) ?? [0, Number.POSITIVE_INFINITY];
    atLeast(implied, 'minLength', least);
    atMost(implied, 'maxLength', most);
  }
  dropIdle(bounds, implied);
  // Nothing is not anything.
  if (conditions.get('not')?.has('{}') === true) types = new Set();
  // A pattern that no empty text matches asks for a letter.
  if ([...(conditions.get('pattern')?.keys() ?? [])].some(refusesNothing)) atLeast(bounds, 'minLength', 1);
  // What is listed and of another type is never taken.
  if (listed === undefined && types?.size === 1 && types.has('null')) listed = new Set(['null']);
  const meant = types;
  if (listed !== undefined && meant !== undefined) listed = new Set([...listed].filter((one) => isOf(meant, one)));
  return { types, listed, bounds, exclusive, implied, multiples, others, conditions };
}

/** `nullable` is OpenAPI 3.0's way to write the type `null`. */
function typesOf(raw: SchemaNode['raw']): ReadonlySet<string> | undefined {
  const { type } = raw;
  const names = Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : undefined;
  if (names === undefined) return undefined;
  if (raw['nullable'] === true) names.push('null');
  return new Set(names.includes('number') ? names.filter((name) => name !== 'integer') : names);
}

function meet(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  const both = new Set([...a].filter((name) => b.has(name)));
  if ((a.has('integer') && b.has('number')) || (a.has('number') && b.has('integer'))) both.add('integer');
  return both;
}

function atMost(bounds: Map<string, number>, keyword: string, value: unknown): void {
  if (typeof value === 'number') bounds.set(keyword, Math.min(value, bounds.get(keyword) ?? value));
}

function atLeast(bounds: Map<string, number>, keyword: string, value: unknown): void {
  if (typeof value !== 'number' || (value <= 0 && keyword !== 'minimum')) return;
  bounds.set(keyword, Math.max(value, bounds.get(keyword) ?? value));
}

/** `exclusiveMinimum: true` beside `minimum` (OpenAPI 3.0) is `exclusiveMinimum: number` (3.1); of an integer it is a bound one further in. */
function atExclusive(bounds: Map<string, number>, exclusive: Map<number, number>, raw: SchemaNode['raw']): void {
  for (const [end, step] of [
    ['minimum', 1],
    ['maximum', -1],
  ] as const) {
    const keyword = end === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum';
    const said = raw[keyword] === true ? raw[end] : raw[keyword];
    if (typeof said !== 'number') continue;
    const whole = raw['type'] === 'integer' && Number.isInteger(said);
    // A bound that the value itself does not meet is the next number in.
    const value = whole ? said + step : said + step * Math.max(Number.EPSILON, Math.abs(said) * Number.EPSILON * 2);
    if (!whole) exclusive.set(value, said);
    if (end === 'minimum') atLeast(bounds, end, value);
    else atMost(bounds, end, value);
  }
}

function splitNull(one: Constraints): readonly Constraints[] {
  if (one.types === undefined || one.types.size < 2 || !one.types.has('null')) return [one];
  const nothing: Constraints = {
    ...one,
    types: new Set(['null']),
    listed: new Set(['null']),
    bounds: new Map(),
    multiples: [],
    conditions: new Map(),
  };
  return [{ ...one, types: new Set([...one.types].filter((type) => type !== 'null')) }, nothing];
}

function toMultiples(bounds: Map<string, number>, exclusive: Map<number, number>, of: number): void {
  const [least, most] = [bounds.get('minimum'), bounds.get('maximum')];
  if (least !== undefined) {
    const said = exclusive.get(least);
    bounds.set('minimum', said === undefined ? Math.ceil(least / of) * of : (Math.floor(said / of) + 1) * of);
  }
  if (most !== undefined) {
    const said = exclusive.get(most);
    bounds.set('maximum', said === undefined ? Math.floor(most / of) * of : (Math.ceil(said / of) - 1) * of);
  }
}

/** Bounds that say no more than what stands beside them. */
function dropIdle(bounds: Map<string, number>, implied: ReadonlyMap<string, number>): void {
  for (const [keyword, value] of implied) {
    const written = bounds.get(keyword);
    if (written !== undefined && (keyword.startsWith('max') ? written >= value : written <= value))
      bounds.delete(keyword);
  }
}

/** Whether a text matches; true where that cannot be told. */
export function matchesPattern(pattern: string, text: string): boolean {
  try {
    return compilePattern(pattern).test(text);
  } catch {
    return true;
  }
}

/** How many properties are named; undefined where a pattern lets in any number. */
function namesIn(parts: readonly SchemaNode[]): number | undefined {
  const names = new Set<string>();
  for (const { raw } of parts) {
    if (raw['patternProperties'] !== undefined || raw['anyOf'] !== undefined || raw['oneOf'] !== undefined)
      return undefined;
    for (const name of Object.keys(Object(raw['properties']) as object)) names.add(name);
  }
  return names.size;
}

function refusesNothing(pattern: string): boolean {
  return !matchesPattern(pattern, '');
}
/** Whether no value meets all of it. */
function isEmpty({ types, listed, bounds }: Constraints): boolean {
  if (types?.size === 0 || listed?.size === 0) return true;
  if (types?.size !== 1) return false;
  return (['Length', 'Items', 'Properties', 'imum'] as const).some((what) => {
    const concerned = { Length: 'string', Items: 'array', Properties: 'object', imum: 'number' }[what];
    const [least, most] = [bounds.get(`min${what}`), bounds.get(`max${what}`)];
    return (
      (types.has(concerned) || (concerned === 'number' && types.has('integer'))) &&
      least !== undefined &&
      most !== undefined &&
      least > most
    );
  });
}

/** The JSON type of a listed value, by its canonical text. */
function typeOf(canonicalText: string): string {
  switch (canonicalText.charAt(0)) {
    case '"':
      return 'string';
    case '[':
      return 'array';
    case 'n':
      return 'null';
    case 't':
    case 'f':
      return canonicalText.length > 5 ? 'object' : 'boolean';
    case '{':
      return 'object';
    default:
      return Number.isInteger(Number(canonicalText)) ? 'integer' : 'number';
  }
}

/** Whether a listed value is of one of the types. */
export function isOf(types: ReadonlySet<string>, listedValue: string): boolean {
  const type = typeOf(listedValue);
  return types.has(type) || (type === 'integer' && types.has('number'));
}
