import type { Answered } from '../known.ts';
import { isSafe } from '../explore.ts';
import type { Identity } from '../identity.ts';
import type { Scene } from '../scene.ts';
import { isSuccess } from '../judge.ts';

/** One honest call of each operation that was answered with success: a door that opens for who may. Calls that change something only where that is allowed. */
export function opened({ known, changes }: Scene): readonly Answered[] {
  const first = new Map<string, Answered>();
  for (const answered of known.answered) {
    const { operation, as } = answered.call;
    if (as === undefined || (!changes && !isSafe(operation)) || !isSuccess(answered)) continue;
    if (!first.has(operation.operationId)) first.set(operation.operationId, answered);
  }
  return [...first.values()];
}

/** Whether the credential of an identity opens anything: where it does not, refusals say nothing. */
export function works({ known }: Scene, identity: Identity): boolean {
  return known.answered.some(
    (answered) =>
      answered.call.as === identity.name && answered.call.operation.security.length > 0 && isSuccess(answered),
  );
}
