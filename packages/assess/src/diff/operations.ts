import type { Contract, Operation } from '@castellan/contract';

/** An operation as it was, as it is, or both. */
export interface OperationPair {
  readonly name: string;
  readonly before: Operation | undefined;
  readonly after: Operation | undefined;
}

/**
 * Operations of both versions, matched by method and path, whatever their parameters are called; those that have another
 * path now by their operationId. In the new order, removed ones last.
 */
export function pairOperations(before: Contract, after: Contract): OperationPair[] {
  const old = new Map(before.operations.map((operation) => [keyOf(operation), operation]));
  const taken = new Set(after.operations.map(keyOf));
  const moved = new Map(
    before.operations
      .filter((operation) => operation.operationIdDeclared && !taken.has(keyOf(operation)))
      .map((operation) => [`${operation.method} ${operation.operationId}`, operation]),
  );
  const pairs: OperationPair[] = [];
  const seen = new Set<Operation>();
  for (const operation of after.operations) {
    const was =
      old.get(keyOf(operation)) ??
      (operation.operationIdDeclared ? moved.get(`${operation.method} ${operation.operationId}`) : undefined);
    if (was !== undefined) seen.add(was);
    pairs.push({ name: `${operation.method} ${operation.path}`, before: was, after: operation });
  }
  for (const operation of before.operations)
    if (!seen.has(operation))
      pairs.push({ name: `${operation.method} ${operation.path}`, before: operation, after: undefined });
  return pairs;
}

/** Whether an operation is at another path now. */
export function hasMoved({ before, after }: OperationPair): boolean {
  return before !== undefined && after !== undefined && keyOf(before) !== keyOf(after);
}

function keyOf({ method, path }: Operation): string {
  return `${method} ${path.replaceAll(/\{[^{}]*\}/g, '{}')}`;
}
