import { CastellanError } from '@castellan/contract';

/** What is thrown where a segment or its index cannot be read: whoever searches must not take it for an empty one. */
export function damaged(name: string, cause: unknown): CastellanError {
  if (cause instanceof CastellanError) return cause;
  return new CastellanError({
    code: 'audit-damaged',
    message: `the segment cannot be read (${cause instanceof Error ? cause.message : 'unknown'})`,
    place: { file: name },
    mend: 'castellan audit verify DIR says what was changed; take the segment from a backup',
    cause,
  });
}
