/**
 * Where a page ended: the sort key of its last entry, so that what is added or taken out between does not shift the next one.
 */
export function cursorOf(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Reads one; undefined where it is none, or of a list with another number of parts. */
export function readCursor(cursor: string, parts: number): readonly (string | number)[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const whole =
      Array.isArray(value) &&
      value.length === parts &&
      value.every((one) => typeof one === 'string' || typeof one === 'number');
    return whole ? (value as (string | number)[]) : undefined;
  } catch {
    return undefined;
  }
}
