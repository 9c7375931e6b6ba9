import type { ReadOptions } from '../read-options.ts';
import { resolveReferences } from '../secrets/reference.ts';

/** The key of hashed values in counters: of this process where nothing is shared, and otherwise the same on every instance. */
export function limitHashKey({ audit, state }: ReadOptions): string | undefined {
  return (
    resolveReferences('options.audit.key', audit?.key).value ?? (state === undefined ? undefined : 'castellan limits')
  );
}
