import { childrenOf, nodeOf, type Expression } from '../load/est.ts';

const known = new WeakMap<Expression, boolean>();

/** Whether an expression depends on the resource. */
export function mentionsResource(expression: Expression): boolean {
  let answer = known.get(expression);
  if (answer === undefined) {
    const node = nodeOf(expression);
    answer = node.op === 'var' ? node.name === 'resource' : childrenOf(node).some(mentionsResource);
    known.set(expression, answer);
  }
  return answer;
}
