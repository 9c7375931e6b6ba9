import { childrenOf, nodeOf, type Expression, type PolicyJson } from '../load/est.ts';

/**
 * Whether a policy may apply *because* another entity lacks an attribute: `unless { resource.folder has frozen && … }`. What
 * such a policy says of an entity that could not be read is no knowledge. To read an attribute that is absent is an error,
 * and the policy is skipped; only `has` tells absence, and only where it counts negated.
 */
export function gainsByAbsence({ conditions }: PolicyJson): boolean {
  return conditions.some(({ kind, body }) => counts(body, kind === 'unless'));
}

/** Whether a `has` about another entity stands where its being false makes the expression true. */
function counts(expression: Expression, negated: boolean): boolean {
  const node = nodeOf(expression);
  switch (node.op) {
    case '!':
      return counts(node.arg, !negated);
    case '&&':
    case '||':
      return counts(node.left, negated) || counts(node.right, negated);
    case 'if':
      if (isFalse(node.else)) return counts(node.if, negated) || counts(node.then, negated);
      if (isFalse(node.then)) return counts(node.if, !negated) || counts(node.else, negated);
      return tells(node.if) || counts(node.then, negated) || counts(node.else, negated);
    case 'has':
      return negated && tells(expression);
    default:
      // What is compared, or an element of a set, counts either way.
      return tells(expression);
  }
}

function isFalse(expression: Expression): boolean {
  const node = nodeOf(expression);
  return node.op === 'value' && node.value === false;
}

/** Whether an expression asks what an entity has that is not the request's own. */
function tells(expression: Expression): boolean {
  const node = nodeOf(expression);
  if ((node.op === 'has' && (node.path.length > 1 || nodeOf(node.left).op !== 'var')) || node.op === 'hasTag')
    return true;
  return childrenOf(node).some(tells);
}
