import type { Claims } from './claims.ts';

/** Where a claim is. */
export interface ClaimPath {
  /** As written. */
  readonly text: string;
  /** The claim of the token that it is in. */
  readonly top: string;
  /** @param tenant stands for `{tenant}` in the path */
  readonly read: (claims: Claims, tenant?: string) => unknown;
}

/**
 * Reads where a claim is: a dotted path (`claims.realm_access.roles`, with or without `claims.`), a JSON Pointer (RFC 6901,
 * `/realm_access/roles`), or the name of a claim that is an address (`https://example.com/roles`). A dotted path that leads
 * nowhere is tried as one name, because claims may have dots in their names.
 */
export function claimPath(text: string): ClaimPath {
  const isPointer = text.startsWith('/');
  const rest = text.startsWith('claims.') ? text.slice('claims.'.length) : text;
  const path = isPointer
    ? text
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    : rest.includes('://')
      ? [rest]
      : rest.split('.');
  const ofTenant = path.includes('{tenant}');
  const isDotted = !isPointer && path.length > 1;
  return {
    text,
    top: path[0] ?? '',
    read(claims, tenant) {
      if (ofTenant && tenant === undefined) return undefined;
      const found = claimAt(claims, ofTenant ? path.map((name) => (name === '{tenant}' ? tenant : name)) : path);
      return found === undefined && isDotted ? claimAt(claims, [rest]) : found;
    },
  };
}

function claimAt(claims: Claims, path: readonly (string | undefined)[]): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (name === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** The first of these claims that is there, as a text; undefined where none is, or it is empty, or no text and no number. */
export function textAt(claims: Claims, paths: readonly ClaimPath[]): string | undefined {
  for (const path of paths) {
    const value = path.read(claims);
    if (value === undefined) continue;
    if (typeof value === 'string' && value !== '') return value;
    return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
  }
  return undefined;
}
