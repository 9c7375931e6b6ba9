import type { Located } from '../model.ts';

/** The escaped form of one reference token (RFC 6901 section 3). */
export function escapeToken(token: string): string {
  return token.includes('~') || token.includes('/') ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
}

/** The reference tokens of a pointer, unescaped. `''` has none. */
export function tokensOf(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((token) => (token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member of an object or array; undefined for anything inherited, so `__proto__` and `constructor` are only names. */
export function member(value: unknown, token: string): unknown {
  if (Array.isArray(value)) return isIndex(token) ? (value as unknown[])[Number(token)] : undefined;
  if (isObject(value) && Object.hasOwn(value, token)) return value[token];
  return undefined;
}

/** The member of a located value; its `value` is undefined where there is none. */
export function child(parent: Located, token: string | number): Located {
  const name = String(token);
  return {
    location: {
      document: parent.location.document,
      pointer: `${parent.location.pointer}/${escapeToken(name)}`,
    },
    value: member(parent.value, name),
  };
}

/** The own members of an object, located. Empty for anything else. */
export function* entries(parent: Located): Generator<[string, Located]> {
  if (!isObject(parent.value)) return;
  for (const key of Object.keys(parent.value)) yield [key, child(parent, key)];
}

/** The items of an array, located. Empty for anything else. */
export function* items(parent: Located): Generator<Located> {
  if (!Array.isArray(parent.value)) return;
  for (let i = 0; i < parent.value.length; i++) yield child(parent, i);
}

function isIndex(token: string): boolean {
  return /^(?:0|[1-9]\d{0,15})$/.test(token);
}
