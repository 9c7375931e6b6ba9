import { child } from '../load/pointer.ts';
import type { Located } from '../model.ts';
import { nearest } from '../normalise/nearest.ts';
import type { Reading } from '../normalise/reading.ts';

const KEY = ['x-castellan'];

/** Extensions that were compared and are others': the same few stand at every operation of a document. */
const others = new Set<string>();

/**
 * Refuses an extension whose name is nearly `x-castellan`: what it asks for would silently not be there.
 * @throws CastellanError `misspelt-extension`
 */
export function refuseMisspelt(reading: Reading, node: Located): void {
  for (const key in node.value as object) {
    if (key.charCodeAt(0) !== 120 || key.length < 9 || key.length > 13 || key === 'x-castellan') continue;
    if (others.has(key)) continue;
    if (nearest(key, KEY) === undefined) {
      if (others.size < 1000) others.add(key);
      continue;
    }
    throw reading.error(
      child(node, key).location,
      'misspelt-extension',
      `${key} is not a key of Castellan`,
      'did you mean x-castellan?',
    );
  }
}
