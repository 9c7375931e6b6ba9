import type { RecordShape, Shape } from '../values/shape.ts';
import type { Value } from '../values/value.ts';
import { and, sql, type Condition, type Fragment } from './fragment.ts';

/**
 * An expression of a policy for one row: known already, or SQL. `defined` is when Cedar evaluates it without an error;
 * where it is true the SQL is not NULL.
 */
export type Term =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'error' }
  | { readonly kind: 'resource' }
  | {
      readonly kind: 'record';
      readonly path: string;
      readonly shape: RecordShape;
      /** When the record is there. Asked only where it matters, because it needs a column. */
      readonly defined: () => Condition;
    }
  | { readonly kind: 'condition'; readonly value: Condition; readonly defined: Condition }
  | { readonly kind: 'column'; readonly shape: Shape; readonly value: Fragment; readonly defined: Condition };

/** A condition with when it is defined. */
export interface Test {
  readonly value: Condition;
  readonly defined: Condition;
}

export const failed: Test = { value: false, defined: false };

export const knownTest = (value: boolean): Test => ({ value, defined: true });

/** A test over two terms: defined where both are. */
export const test = (value: Condition, ...defined: Condition[]): Test => ({
  value,
  defined: defined.reduce(and, true),
});

/** The SQL of decimal's methods. */
export const decimalOperators: Readonly<Record<string, string | undefined>> = {
  lessThan: '<',
  lessThanOrEqual: '<=',
  greaterThan: '>',
  greaterThanOrEqual: '>=',
};

/** When reading an attribute does not err; a decimal of more than four digits does. */
export function isDefined(value: Fragment, shape: Shape): Fragment {
  return shape.kind === 'decimal' ? sql`COALESCE(${value} = round(${value}, 4), FALSE)` : sql`${value} IS NOT NULL`;
}

/** The name of a column's type, by which only equal ones are compared. */
export function typeName(shape: Shape | undefined): string {
  return shape?.kind === 'entity' ? `entity ${shape.type}` : (shape?.kind ?? 'unknown');
}
