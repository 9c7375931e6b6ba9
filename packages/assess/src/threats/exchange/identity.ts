import { createHash } from 'node:crypto';

/** The first group of every UUID that is made here: what tells our parts of a foreign file from those that people added. */
const MARK = 'ca57e11a';

/** A UUID (version 8, RFC 9562) that is the same for the same name. */
export function uuidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return `${MARK}-${hash.slice(0, 4)}-8${hash.slice(4, 7)}-a${hash.slice(7, 10)}-${hash.slice(10, 22)}`;
}

/** Whether an id was made here, in this run or an earlier one. */
export function isOurs(id: unknown): boolean {
  return typeof id === 'string' && (id.startsWith(`${MARK}-`) || id.startsWith('castellan:'));
}
