import type { Contract, Operation } from '@castellan/contract';

/** An operation as it was, as it is, or both. */
export interface OperationPair {
  readonly name: string;
  readonly before: Operation | undefined;
  readonly after: Operation | undefined;
}

/** Operations of both versions, matched by method and path, whatever their parameters are called; in the new order, removed ones last. */
export function pairOperations(before: Contract, after: Contract): OperationPair[] {
  const old = new Map(before.operations.map((operation) => [keyOf(operation), operation]));
  const pairs: OperationPair[] = [];
  const seen = new Set<string>();
  for (const operation of after.operations) {
    const key = keyOf(operation);
    seen.add(key);
    pairs.push({ name: `${operation.method} ${operation.path}`, before: old.get(key), after: operation });
  }
  for (const [key, operation] of old)
    if (!seen.has(key))
      pairs.push({ name: `${operation.method} ${operation.path}`, before: operation, after: undefined });
  return pairs;
}

function keyOf({ method, path }: Operation): string {
  return `${method} ${path.replaceAll(/\{[^{}]*\}/g, '{}')}`;
}
