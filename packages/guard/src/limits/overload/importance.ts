import type { Operation } from '@castellan/contract';
import { namesOf, purposesOf } from '@castellan/meaning';

/** From what is shed first to what is shed last. */
export type Importance = 0 | 1 | 2 | 3;

const safe = new Set(['get', 'head', 'options', 'query', 'trace']);

/**
 * How important calls of an operation are: writes before reads, known callers before strangers; searches and exports come
 * last among their like. So what was begun (a payment) is finished before something new is looked at.
 */
export function importanceOf(operation: Operation): (known: boolean) => Importance {
  const purposes = purposesOf({ ...namesOf(operation), secret: false });
  const reads = safe.has(operation.method.toLowerCase());
  const costly = purposes.has('search') || purposes.has('export');
  const stranger: Importance = reads ? 0 : 1;
  const known: Importance = reads ? (costly ? 1 : 2) : 3;
  return (isKnown) => (isKnown ? known : stranger);
}
