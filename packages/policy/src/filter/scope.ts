import type { Evaluation } from '../evaluate/request.ts';
import { showExpression } from '../load/show.ts';
import type { Expression } from '../load/est.ts';
import type { SchemaModel } from '../load/schema.ts';
import type { CastellanError } from '@castellan/contract';
import { leaf, type Leaf, type Origin } from './condition.ts';
import type { Term, Test } from './term.ts';

/** What one translation works with. */
export interface Translation {
  /** The request with everything but the item's attributes. */
  readonly request: Evaluation;
  /** The entity type of the items. */
  readonly type: string;
  readonly schema: SchemaModel;
  /** The error for a part of the policy that somebody cannot say. */
  readonly refuse: (expression: string, reason: string) => CastellanError;
  /** Told each leaf, also where it does not matter for this caller: to find what cannot be said before anybody calls. */
  readonly visit: ((leaf: Leaf) => void) | undefined;
}

/** The translation of one expression: what its parts are, and who to blame. */
export interface Scope extends Translation {
  term(expression: Expression): Term;
  test(expression: Expression): Test;
}

/** Where an expression comes from. */
export function originOf(scope: Translation, expression: Expression): Origin {
  return { refuse: (reason) => scope.refuse(showExpression(expression), reason) };
}

/** A test that nobody can translate: whoever writes it into a query is refused. */
export function opaque(scope: Translation, expression: Expression, reason: string): Test {
  const origin = originOf(scope, expression);
  const value = leaf({ kind: 'opaque', error: origin.refuse(reason), origin });
  scope.visit?.(value);
  return { value, defined: value };
}
