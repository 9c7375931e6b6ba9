import { compileExpression } from '../evaluate/expression.ts';
import type { Evaluation } from '../evaluate/request.ts';
import { childrenOf, nodeOf, type Expression } from '../load/est.ts';
import { EntityRef } from '../values/entity.ts';
import { Fault } from '../values/fault.ts';

/** Properties whose values are not shown: `Section.reviewNotes`, `User.email`, `context.body.secret`. */
export type SensitiveProperties = ReadonlySet<string>;

/** Whether an expression reads a sensitive property, or shows something that holds one. */
export function isSensitive(
  expression: Expression,
  request: Evaluation,
  sensitive: SensitiveProperties,
  isShown = true,
): boolean {
  if (sensitive.size === 0) return false;
  const path = pathOf(expression, request);
  if (path !== undefined) {
    if (sensitive.has(path)) return true;
    if (isShown && [...sensitive].some((known) => known.startsWith(`${path}.`))) return true;
  }
  const node = nodeOf(expression);
  return childrenOf(node).some((child) => isSensitive(child, request, sensitive, node.op !== '.'));
}

/** `resource.approval.by` of a Section is `Section.approval.by`. */
function pathOf(expression: Expression, request: Evaluation): string | undefined {
  const node = nodeOf(expression);
  if (node.op === 'var' && node.name === 'context') return 'context';
  if (node.op !== '.') return undefined;
  const holder = entityTypeOf(node.left, request) ?? pathOf(node.left, request);
  return holder === undefined ? undefined : `${holder}.${node.attr}`;
}

function entityTypeOf(expression: Expression, request: Evaluation): string | undefined {
  try {
    const value = compileExpression(expression)(request);
    return value instanceof EntityRef ? value.type : undefined;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
