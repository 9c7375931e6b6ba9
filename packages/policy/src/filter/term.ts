import { Decimal } from '../values/decimal.ts';
import { EntityRef } from '../values/entity.ts';
import type { RecordShape, Shape } from '../values/shape.ts';
import { Datetime } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import { and, leaf, type Condition, type Constant, type Field, type Operand, type Origin } from './condition.ts';

/** An expression of a policy for one item. `defined` is when Cedar evaluates it without an error. */
export type Term =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'error' }
  | { readonly kind: 'resource' }
  | {
      readonly kind: 'record';
      readonly of: Field | undefined;
      readonly type: string;
      readonly path: readonly string[];
      readonly shape: RecordShape;
      /** When the record is there. Asked only where it matters, because a table may have no column for it. */
      readonly defined: () => Condition;
    }
  | { readonly kind: 'condition'; readonly value: Condition; readonly defined: Condition }
  | { readonly kind: 'operand'; readonly operand: Operand; readonly shape: Shape; readonly defined: Condition }
  /** The time from one to the other. */
  | { readonly kind: 'difference'; readonly from: Term; readonly to: Term }
  /** Literals with parts that depend on the item. */
  | { readonly kind: 'set'; readonly elements: readonly Term[] }
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, Term> }
  | { readonly kind: 'opaque'; readonly test: Test };

/** A condition with when it is defined. */
export interface Test {
  readonly value: Condition;
  readonly defined: Condition;
}

export const failed: Test = { value: false, defined: false };

export const knownTest = (value: boolean): Test => ({ value, defined: true });

/** A test over terms: defined where all are. */
export const test = (value: Condition, ...defined: Condition[]): Test => ({
  value,
  defined: defined.reduce(and, true),
});

/** When an attribute is there. */
export const present = (field: Field, origin: Origin): Condition => leaf({ kind: 'present', field, origin });

/** The name of a type, by which only equal ones are compared. */
export function typeName(shape: Shape | undefined): string {
  return shape?.kind === 'entity' ? `entity ${shape.type}` : (shape?.kind ?? 'unknown');
}

/** A known value as a constant; undefined for one that no table holds as one value. */
export function constantOf(value: Value): { readonly type: string; readonly constant: Constant } | undefined {
  switch (typeof value) {
    case 'string':
      return { type: 'string', constant: { kind: 'text', value } };
    case 'boolean':
      return { type: 'bool', constant: { kind: 'bool', value } };
    case 'number':
    case 'bigint':
      return { type: 'long', constant: { kind: 'long', value } };
  }
  if (value instanceof EntityRef)
    return { type: `entity ${value.type}`, constant: { kind: 'entity', type: value.type, value: value.id } };
  if (value instanceof Datetime) {
    const milliseconds = Number(value.milliseconds);
    return isUsualTime(milliseconds) ? { type: 'datetime', constant: { kind: 'time', milliseconds } } : undefined;
  }
  if (value instanceof Decimal)
    return { type: 'decimal', constant: { kind: 'decimal', value: /"(.*)"/.exec(value.toString())?.[1] ?? '' } };
  return undefined;
}

/** Whether a time is in the years 1 to 9999, which every store has. */
export function isUsualTime(milliseconds: number): boolean {
  return milliseconds >= -62_135_596_800_000 && milliseconds < 253_402_300_800_000;
}
