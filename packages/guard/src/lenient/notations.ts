import { cutJson, isJson, parseMediaType, type Issue } from '@castellan/contract';
import { nameOf } from '../undocumented.ts';
import { escaped, jsonOf, tokensOf, valueAt } from './places.ts';
import type { Rewritten } from './index.ts';

/** What a schema says of a null that it does not allow. */
const ofNull: ReadonlySet<string> = new Set(['type', 'enum', 'const', 'anyOf', 'oneOf']);

/**
 * A JSON body without the members that are null and were refused for it. In patches null means something.
 * @returns undefined where there is none
 */
export function withoutNulls(
  contentType: string | undefined,
  bytes: Uint8Array,
  issues: readonly Issue[],
): Rewritten<Uint8Array> | undefined {
  const essence = parseMediaType(contentType ?? '')?.essence ?? '';
  if (!isJson(essence) || essence.includes('patch')) return undefined;
  const suspects = new Set(issues.flatMap(({ keyword, pointer }) => (ofNull.has(keyword) ? [pointer] : [])));
  if (suspects.size === 0) return undefined;
  const json = jsonOf(bytes);
  if (json === undefined) return undefined;
  const { text, body } = json;
  const places = [...suspects].filter((pointer) => isNullMember(body, tokensOf(pointer)));
  return places.length === 0 ? undefined : { value: Buffer.from(cutJson(text, new Set(places))), places };
}

function isNullMember(body: unknown, tokens: readonly string[]): boolean {
  const holder = valueAt(body, tokens.slice(0, -1));
  return tokens.length > 0 && !Array.isArray(holder) && valueAt(body, tokens) === null;
}

/**
 * A raw query whose `True` and `False` are in lower case where they were refused as what they are.
 * @returns undefined where there is none
 */
export function withBooleans(query: string, issues: readonly Issue[]): Rewritten<string> | undefined {
  const refused = new Set(issues.flatMap(({ keyword, pointer }) => (keyword === 'type' ? [pointer] : [])));
  const seen = new Map<string, number>();
  const places: string[] = [];
  const pairs = query.split('&').map((pair) => {
    const name = nameOf(pair);
    const index = seen.get(name) ?? 0;
    seen.set(name, index + 1);
    const value = pair.slice(pair.indexOf('=') + 1);
    if (value !== 'True' && value !== 'False') return pair;
    // `a`, the items of a repeated `a`, and `a[b]`.
    const path = name.replace(/\]$/, '').split(/\]?\[/).map(escaped).join('/');
    const place = [`/query/${path}`, `/query/${path}/${index}`].find((pointer) => refused.has(pointer));
    if (place === undefined) return pair;
    places.push(place);
    return pair.slice(0, pair.indexOf('=') + 1) + value.toLowerCase();
  });
  return places.length === 0 ? undefined : { value: pairs.join('&'), places };
}
