import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { BodyLimits, Issue } from '../compiled.ts';
import { Refused } from '../parameters/refused.ts';
import { parseJsonExactly } from './json-exact.ts';
import { scanJson } from './json-scan.ts';
import { bodyLimits } from './limits.ts';

export type ParsedJson = { readonly value: unknown } | { readonly issues: Issue[] };

const notUtf8 = new Refused('utf8', 'is not UTF-8', 'encode the body as UTF-8');
const byteOrderMark = new Refused('byte-order-mark', 'begins with a byte order mark', 'send the body without one');
const tooLarge = new Refused('too-large', 'has more bytes than are accepted', 'send less');

/**
 * Parses JSON so that only one reading of it is possible (RFC 8259; RFC 7493, I-JSON): no duplicate or `__proto__` keys,
 * no byte order mark, valid UTF-8, no lone surrogates, nothing after the value, within limits. Whole numbers beyond
 * 2^53-1 become bigints, and what no number can keep is refused (docs/decisions/060-numbers.md).
 *
 * The value is what `JSON.parse` makes of the text, except for such numbers.
 *
 * @param limits `maxBytes` 1 MiB, `maxDepth` 64 (at most 1,000), `maxNodes` 25,000, `maxString` 1 Mi UTF-16 units
 * @see OWASP API8:2023
 */
export function parseJson(bytes: Uint8Array, limits?: Partial<BodyLimits>): ParsedJson {
  const all = bodyLimits(limits);
  if (bytes.length > all.maxBytes) return { issues: [tooLarge.issue('')] };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { issues: [byteOrderMark.issue('')] };
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) return { issues: [notUtf8.issue('')] };
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString(ascii ? 'latin1' : 'utf8');
  const scan = scanJson(bytes, all);
  if (!scan.plain) return parseJsonExactly(text, all);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return parseJsonExactly(text, all);
  }
  // JSON.parse keeps the last of duplicate keys: then fewer properties remain than there were colons.
  return countProperties(value) === scan.properties ? { value } : parseJsonExactly(text, all);
}

/** The same for text that was decoded already. Lone surrogates are refused. */
export function parseJsonText(text: string, limits?: Partial<BodyLimits>): ParsedJson {
  if (text.charCodeAt(0) === 0xfeff) return { issues: [byteOrderMark.issue('')] };
  if (!text.isWellFormed()) return { issues: [notUtf8.issue('')] };
  return parseJson(Buffer.from(text), limits);
}

/** Properties of all objects in a value; NaN, equal to nothing, where one is called `__proto__`. */
function countProperties(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (typeof item === 'object' && item !== null) count += countProperties(item);
    }
    return count;
  }
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    if (key === '__proto__') return Number.NaN;
    count++;
    const property = object[key];
    if (typeof property === 'object' && property !== null) count += countProperties(property);
  }
  return count;
}
