/** One reference token, escaped for a JSON pointer (RFC 6901 section 3): `~` to `~0`, `/` to `~1`. */
export function escapePointer(token: string): string {
  if (!token.includes('~') && !token.includes('/')) return token;
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * The reference tokens of a JSON pointer (RFC 6901), unescaped; undefined where it is none.
 *
 * @param pointer `''` for the whole document, else starting with `/`
 */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  const tokens = pointer.slice(1).split('/');
  if (!pointer.includes('~')) return tokens;
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The member of an object or the item of an array that a reference token names; own properties only. */
export function member(value: unknown, token: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(token) ? (value as unknown[])[Number(token)] : undefined;
  return Object.hasOwn(value, token) ? (value as Record<string, unknown>)[token] : undefined;
}

/** The value at a JSON pointer; undefined where there is none. */
export function atPointer(root: unknown, pointer: string): unknown {
  let value = root;
  for (const token of parsePointer(pointer) ?? ['']) value = member(value, token);
  return pointer === '' || pointer.startsWith('/') ? value : undefined;
}
