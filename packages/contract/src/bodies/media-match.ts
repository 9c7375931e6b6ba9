import type { MediaTypeName } from './media-type.ts';

/**
 * The most specific documented media type that a message's own fits, for requests and answers alike (RFC 9110 section 12.5.1):
 * exact, then by structured suffix (`application/*+json`), by type (`image/*`), any. With parameters before without; all
 * documented parameters must be there. `charset` is no part of the choice: frameworks add it or leave it out.
 */
export function bestMediaType<T extends { readonly name: MediaTypeName | undefined }>(
  documented: readonly T[],
  received: MediaTypeName,
): T | undefined {
  let best: T | undefined;
  let bestRank = -1;
  for (const one of documented) {
    if (one.name === undefined) continue;
    const rank = rankOf(one.name, received);
    if (rank > bestRank) {
      best = one;
      bestRank = rank;
    }
  }
  return best;
}

function rankOf(documented: MediaTypeName, received: MediaTypeName): number {
  let rank = 0;
  for (const [key, value] of documented.parameters) {
    if (key === 'charset') continue;
    if (received.parameters.get(key)?.toLowerCase() !== value.toLowerCase()) return -1;
    rank++;
  }
  const { essence } = documented;
  if (essence === received.essence) return rank + 300;
  if (essence === '*/*') return rank;
  const [type = '', subtype = ''] = essence.split('/');
  if (!received.essence.startsWith(`${type}/`)) return -1;
  if (subtype === '*') return rank + 100;
  return subtype.startsWith('*+') && received.essence.endsWith(subtype.slice(1)) ? rank + 200 : -1;
}
