/** A body and its text; undefined where it is no JSON. */
export function jsonOf(bytes: Uint8Array): { readonly text: string; readonly body: unknown } | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return { text, body: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** What stands at a place; undefined where nothing does. */
export function valueAt(body: unknown, tokens: readonly string[]): unknown {
  let value = body;
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[token];
  }
  return value;
}

export function escaped(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function tokensOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
