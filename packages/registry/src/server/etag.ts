import { createHash } from 'node:crypto';

/**
 * The entity tag of a representation (RFC 9110 section 8.8.3): what people record of it, and all that it shows. `If-Match`
 * compares the first part alone, so that counters that moved keep nobody from changing a name.
 */
export function entityTag(shown: string | Buffer, recorded = ''): string {
  return `"${recorded === '' ? '' : `${hash(recorded)}.`}${hash(shown)}"`;
}

/** Whether `If-None-Match` names this representation. */
export function noneMatch(field: string | undefined, tag: string): boolean {
  if (field === undefined) return false;
  return field.trim() === '*' || tagsOf(field).includes(tag);
}

/** Whether `If-Match` names what is recorded now. Weak tags never match (RFC 9110 section 13.1.1). */
export function isMatched(field: string, recorded: string): boolean {
  if (field.trim() === '*') return true;
  const now = hash(recorded);
  return listed(field).some((tag) => /^"([\w-]+)\.[\w-]+"$/.exec(tag)?.[1] === now);
}

/** Strong or weak: `If-None-Match` compares weakly. */
function tagsOf(field: string): readonly string[] {
  return listed(field).map((tag) => tag.replace(/^W\//, ''));
}

function listed(field: string): readonly string[] {
  return field.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function hash(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
