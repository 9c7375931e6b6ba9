import type { CastellanError } from '@castellan/contract';
import type { PatternElement } from '../load/est.ts';
import type { EntityRef } from '../values/entity.ts';
import type { Shape } from '../values/shape.ts';
import type { Long } from '../values/value.ts';

/**
 * A condition on the items of a list, in no query language: what the policies leave open once everything but the item is
 * known. It says the same whether the reader knows NULL (SQL) or not (JavaScript, MongoDB): a part that compares what is
 * absent stands beside one that says it must be there.
 */
export type Condition = boolean | Formula;

export type Formula =
  | (Keyed & { readonly kind: 'and'; readonly of: readonly Formula[] })
  | (Keyed & { readonly kind: 'or'; readonly of: readonly Formula[] })
  | (Keyed & { readonly kind: 'not'; readonly of: Formula })
  | Leaf;

/** A question about one or two values of the item. */
export type Leaf = Keyed & { readonly origin: Origin } & (
    | { readonly kind: 'present'; readonly field: Field }
    | { readonly kind: 'flag'; readonly field: Field }
    | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Operand; readonly right: Operand }
    | { readonly kind: 'among'; readonly value: Operand; readonly values: readonly Constant[] }
    | { readonly kind: 'like'; readonly field: Field; readonly pattern: readonly PatternElement[] }
    | { readonly kind: 'holds'; readonly set: Field; readonly values: readonly Constant[] }
    | { readonly kind: 'holdsField'; readonly set: Field; readonly element: Operand }
    | { readonly kind: 'empty'; readonly set: Field }
    | { readonly kind: 'within'; readonly entity: Operand; readonly type: string; readonly group: EntityRef }
    | { readonly kind: 'fits'; readonly value: Arithmetic }
    | { readonly kind: 'opaque'; readonly error: CastellanError }
  );

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

/** A value of the item, or a constant. */
export type Operand = Field | RowId | Constant | Later | Arithmetic;

/** An attribute: of the item, or of what an attribute of it names. */
export interface Field {
  readonly kind: 'field';
  /** The attribute that names the entity which has this one; undefined where the item has it. */
  readonly of: Field | undefined;
  /** The type of the entity that has it. */
  readonly type: string;
  /** Its name, with the names of the records around it before. */
  readonly path: readonly string[];
  readonly shape: Shape;
}

/** The id of the item. */
interface RowId {
  readonly kind: 'id';
  readonly type: string;
}

/** A constant: a text, the id of an entity, a whole number, a time, a decimal as text, a boolean. */
export type Constant =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'entity'; readonly type: string; readonly value: string }
  | { readonly kind: 'long'; readonly value: Long }
  | { readonly kind: 'time'; readonly milliseconds: number }
  | { readonly kind: 'decimal'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean };

/** A time some milliseconds after another one, or before it. */
interface Later {
  readonly kind: 'later';
  readonly than: Field;
  readonly milliseconds: number;
}

/** Whole numbers, computed. Cedar errs outside of 64 bits: see `fits`. */
export interface Arithmetic {
  readonly kind: 'arithmetic';
  readonly op: '+' | '-' | '*';
  readonly left: Operand;
  readonly right: Operand;
}

/** Where in the policies a part comes from: for the error of whoever cannot say it. */
export interface Origin {
  refuse(reason: string): CastellanError;
}

interface Keyed {
  /** Equal for formulas that say the same. */
  readonly key: string;
}

/** A leaf without its key. */
type Unkeyed<T> = T extends Leaf ? Omit<T, 'key'> : never;

/** Makes a leaf. */
export function leaf(parts: Unkeyed<Leaf>): Leaf {
  const key = parts.kind === 'opaque' ? `opaque ${parts.error.message}` : JSON.stringify(parts, said);
  return { ...parts, key } as Leaf;
}

/** Where a leaf comes from says nothing of what it asks. */
function said(name: string, value: unknown): unknown {
  if (name === 'origin') return undefined;
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** Both. What one of them says already is not said again. */
export function and(left: Condition, right: Condition): Condition {
  if (left === false || right === false) return false;
  if (left === true) return right;
  if (right === true) return left;
  const parts = new Map(partsOf('and', left).map((part) => [part.key, part]));
  for (const part of partsOf('and', right)) parts.set(part.key, parts.get(part.key) ?? part);
  // Where a part holds, a choice that has it holds too.
  return joined(
    'and',
    [...parts.values()].filter((part) => part.kind !== 'or' || !part.of.some(({ key }) => parts.has(key))),
  );
}

/** Either. `NOT a OR b` is true where `a` says `b`. */
export function or(left: Condition, right: Condition): Condition {
  if (left === true || right === true) return true;
  if (left === false) return right;
  if (right === false) return left;
  const given = left.kind === 'not' ? partsOf('and', left.of) : [];
  if (given.length > 0 && partsOf('and', right).every(({ key }) => given.some((known) => known.key === key)))
    return true;
  const parts = new Map(partsOf('or', left).map((part) => [part.key, part]));
  for (const part of partsOf('or', right)) parts.set(part.key, parts.get(part.key) ?? part);
  return joined('or', merged([...parts.values()]));
}

/** `a = 1 OR a = 2` as one question. */
function merged(parts: readonly Formula[]): readonly Formula[] {
  const found = new Map<string, Formula>();
  for (const part of parts) {
    const equal = valuesOf(part);
    const key = equal === undefined ? part.key : `=${JSON.stringify(equal.value)}`;
    const before = valuesOf(found.get(key));
    found.set(
      key,
      equal === undefined || before === undefined
        ? part
        : leaf({ ...equal, kind: 'among', values: [...before.values, ...equal.values] }),
    );
  }
  return [...found.values()];
}

/** What a question whether an attribute equals one of some constants asks. */
function valuesOf(part: Formula | undefined) {
  if (part?.kind === 'among') return { value: part.value, values: part.values, origin: part.origin };
  if (part?.kind !== 'compare' || part.op !== '=' || !isAttribute(part.left) || !isConstant(part.right))
    return undefined;
  return { value: part.left, values: [part.right], origin: part.origin };
}

const isAttribute = ({ kind }: Operand): boolean => kind === 'field' || kind === 'id';

/** Whether an operand is known. */
export function isConstant(operand: Operand): operand is Constant {
  return !isAttribute(operand) && operand.kind !== 'later' && operand.kind !== 'arithmetic';
}

export function not(condition: Condition): Condition {
  if (typeof condition === 'boolean') return !condition;
  return condition.kind === 'not' ? condition.of : { kind: 'not', of: condition, key: `!${condition.key}` };
}

/** A condition where it is defined. What its own parts say already is not asked again. */
export function where(defined: Condition, value: Condition): Condition {
  if (typeof defined === 'boolean' || typeof value === 'boolean') return and(defined, value);
  const known = new Set(partsOf('and', value).map(({ key }) => key));
  const needed = partsOf('and', defined).map((part): Condition => {
    if (part.kind !== 'or') return part;
    if (part.of.some(({ key }) => known.has(key))) return true;
    const open = part.of.filter(
      (one) => !(one.kind === 'not' && partsOf('and', one.of).every(({ key }) => known.has(key))),
    );
    return open.length === part.of.length ? part : open.reduce<Condition>(or, false);
  });
  return and(needed.reduce<Condition>(and, true), value);
}

function partsOf(kind: 'and' | 'or', formula: Formula): readonly Formula[] {
  return formula.kind === kind ? formula.of : [formula];
}

function joined(kind: 'and' | 'or', of: readonly Formula[]): Formula {
  const [only] = of;
  if (only !== undefined && of.length === 1) return only;
  return { kind, of, key: `(${of.map(({ key }) => key).join(kind === 'and' ? '&' : '|')})` };
}
