import { hash, timingSafeEqual } from 'node:crypto';
import { parseDictionary } from './structured-fields.ts';

const algorithms: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);

/**
 * Whether bytes are those that a `Content-Digest` field tells of (RFC 9530 section 2): every digest of an algorithm that
 * is known here must fit, and there must be one.
 * @param field the field's value; empty where the signature says that there is no content
 */
export function digestFits(field: string, content: Uint8Array): boolean {
  if (field === '') return content.length === 0;
  const digests = parseDictionary(field);
  if (digests === undefined) return false;
  let known = 0;
  for (const [name, member] of digests) {
    const algorithm = algorithms.get(name);
    if (algorithm === undefined) continue;
    if (!('item' in member) || member.item.type !== 'bytes') return false;
    const actual = hash(algorithm, content, 'buffer');
    if (member.item.value.length !== actual.length || !timingSafeEqual(member.item.value, actual)) return false;
    known += 1;
  }
  return known > 0;
}
