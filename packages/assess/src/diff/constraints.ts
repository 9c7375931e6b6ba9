import type { Contract } from '@castellan/contract';
import { follow, isRaw, partsOf, type SchemaNode } from '../posture/constraint.ts';
import { canonical } from './canonical.ts';

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
  readonly multiples: readonly number[];
  /** Whether properties that are not named are taken: all, those that a schema describes, none. */
  readonly others: 'all' | 'some' | 'none';
  /** Everything else that binds, by keyword, as canonical text: each more takes less. */
  readonly conditions: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Keywords whose value is compared as a whole. */
const WHOLE = [
  'not',
  'propertyNames',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'prefixItems',
  'unevaluatedItems',
  'additionalItems',
  'contentSchema',
  'contentMediaType',
  'contentEncoding',
] as const;
const UPPER = ['maxLength', 'maxItems', 'maxProperties', 'maximum'] as const;
const LOWER = ['minLength', 'minItems', 'minProperties', 'minimum'] as const;
/** Patterns that every text matches. */
const ANYTHING = /^\^?(?:\.\*|\[\\s\\S\]\*|\(\?:\.\*\))?\$?$/;
/** Formats that only tell how a text is shown or sent. */
const SHOWN_ONLY: ReadonlySet<string> = new Set(['password', 'binary', 'byte', 'float', 'double', 'html', 'markdown']);
/** Combinations of `anyOf` and `oneOf` that are compared one by one; of more, only whether they are the same. */
export const MOST_COMBINATIONS = 32;

/**
 * What a schema takes, as alternatives of which one holds: one where there is no `anyOf`, `oneOf` or `null` beside
 * another type.
 */
export function alternativesOf(contract: Contract, node: SchemaNode): readonly Constraints[] {
  return expand(contract, conjunctsOf(contract, node, 0), 0, []).flatMap(splitNull);
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
  const conditions = new Map<string, Set<string>>();
  const condition = (keyword: string, text: string): void => {
    conditions.set(keyword, (conditions.get(keyword) ?? new Set()).add(text));
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
    if (typeof raw['pattern'] === 'string' && !ANYTHING.test(raw['pattern'])) condition('pattern', raw['pattern']);
    if (typeof raw['format'] === 'string' && !SHOWN_ONLY.has(raw['format'])) condition('format', raw['format']);
    if (raw['uniqueItems'] === true) condition('uniqueItems', 'true');
    for (const name of Array.isArray(raw['required']) ? raw['required'] : []) condition('required', String(name));
    for (const keyword of WHOLE) if (raw[keyword] !== undefined) condition(keyword, text(raw[keyword]));
    if (raw['contains'] !== undefined)
      condition('contains', text([raw['contains'], raw['minContains'] ?? 1, raw['maxContains'] ?? null]));
    if (raw['if'] !== undefined && (raw['then'] ?? raw['else']) !== undefined)
      condition('if', text([raw['if'], raw['then'] ?? true, raw['else'] ?? true]));
  }
  for (const text of whole) condition('combinations', text);
  return { types, listed, bounds, exclusive, multiples, others, conditions };
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
    bounds: new Map(),
    multiples: [],
    conditions: new Map(),
  };
  return [{ ...one, types: new Set([...one.types].filter((type) => type !== 'null')) }, nothing];
}
