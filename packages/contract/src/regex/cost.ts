import { type Ambiguity, ambiguityOf } from './ambiguity.ts';
import { automatonOf, TooComplex } from './automaton.ts';
import { empty, type Expression } from './syntax.ts';

/** What a search for an expression costs a backtracking engine: at most about `factor * n ** degree` steps on a text of length n. */
export type Cost = Ambiguity;

const hopeless: Cost = { degree: Infinity, factor: 1, branching: Infinity };

/** The cost of searching a text for an expression, from above. */
export function costOf(expression: Expression): Cost {
  try {
    const anchored = startsAnchored(expression);
    const leading = leadingLooks(expression);
    let { degree, factor, branching } = ambiguityOf(automatonOf(expression));
    for (const { look, leads } of looksOf(expression, leading)) {
      const inner = costOf(look.behind ? reversed(look.item) : anchoredAtStart(look.item));
      // A lookahead at the very start is tried once; elsewhere, wherever the rest of the expression comes by.
      if (leads && anchored) {
        degree = Math.max(degree, inner.degree);
        factor += inner.factor;
      } else {
        degree += look.behind ? inner.degree : inner.degree;
        factor *= inner.factor;
      }
      branching = Math.max(branching, inner.branching);
    }
    return { degree: anchored ? degree : degree + 1, factor, branching };
  } catch (error) {
    if (error instanceof TooComplex) return hopeless;
    throw error;
  }
}

/** Whether every match must begin where the text does. */
function startsAnchored(expression: Expression): boolean {
  switch (expression.kind) {
    case 'assertion':
      return expression.which === 'start';
    case 'choice':
      return expression.items.every(startsAnchored);
    case 'sequence': {
      const first = expression.items.find(
        (item) => item.kind !== 'look' && !(item.kind === 'assertion' && item.which !== 'start'),
      );
      return first !== undefined && startsAnchored(first);
    }
    case 'repeat':
      return expression.min > 0 && startsAnchored(expression.item);
    default:
      return false;
  }
}

type Look = Expression & { readonly kind: 'look' };

/** Lookaheads before anything is read. */
function leadingLooks(expression: Expression): ReadonlySet<Look> {
  const found = new Set<Look>();
  const items = expression.kind === 'sequence' ? expression.items : [expression];
  for (const item of items) {
    if (item.kind === 'look' && !item.behind) found.add(item);
    else if (item.kind !== 'assertion') break;
  }
  return found;
}

function looksOf(
  expression: Expression,
  leading: ReadonlySet<Look>,
): { readonly look: Look; readonly leads: boolean }[] {
  switch (expression.kind) {
    case 'look':
      return [{ look: expression, leads: leading.has(expression) }];
    case 'sequence':
    case 'choice':
      return expression.items.flatMap((item) => looksOf(item, leading));
    case 'repeat':
      return looksOf(expression.item, leading);
    default:
      return [];
  }
}

function anchoredAtStart(expression: Expression): Expression {
  return { kind: 'sequence', items: [{ kind: 'assertion', which: 'start' }, expression] };
}

/** The expression read from its end: how a lookbehind is matched. */
function reversed(expression: Expression): Expression {
  const turn = (item: Expression): Expression => {
    switch (item.kind) {
      case 'sequence':
        return { kind: 'sequence', items: item.items.map(turn).reverse() };
      case 'choice':
        return { kind: 'choice', items: item.items.map(turn) };
      case 'repeat':
        return { ...item, item: turn(item.item) };
      case 'assertion':
        return empty;
      default:
        return item;
    }
  };
  return anchoredAtStart(turn(expression));
}
