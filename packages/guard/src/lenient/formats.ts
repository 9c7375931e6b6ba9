import { isJson, parseMediaType, replaceInJson, type Issue, type Operation } from '@castellan/contract';
import { nameOf } from '../undocumented.ts';
import type { Rewritten } from './index.ts';
import { escaped, jsonOf, tokensOf, valueAt } from './places.ts';

/** A text that means what a `format` asks for, and is written otherwise. */
interface Notation {
  readonly form: RegExp;
  /** As the format has it. */
  readonly write: (text: string) => string;
}

/** A date-time without a zone is of UTC: what else it could be nobody says. */
export const naiveDateTime: Notation = {
  form: /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?$/,
  write: (text) => `${text}Z`,
};

export const plainUuid: Notation = {
  form: /^[\da-f]{32}$/i,
  write: (text) => text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
};

/** What is said of a text whose format does not hold; of one that may be something else as well, at the choice. */
const ofFormat: ReadonlySet<string> = new Set(['format', 'anyOf', 'oneOf', 'type']);

function suspectsOf(issues: readonly Issue[]): ReadonlySet<string> {
  return new Set(issues.flatMap(({ keyword, pointer }) => (ofFormat.has(keyword) ? [pointer] : [])));
}

/** A JSON body in which these texts are written as their format has them, where they were refused. */
export function inBody(
  { form, write }: Notation,
  contentType: string | undefined,
  bytes: Uint8Array,
  issues: readonly Issue[],
): Rewritten<Uint8Array> | undefined {
  if (!isJson(parseMediaType(contentType ?? '')?.essence ?? '')) return undefined;
  const suspects = suspectsOf(issues);
  const json = suspects.size === 0 ? undefined : jsonOf(bytes);
  if (json === undefined) return undefined;
  const texts = new Map<string, string>();
  for (const pointer of suspects) {
    const value = valueAt(json.body, tokensOf(pointer));
    if (typeof value === 'string' && form.test(value)) texts.set(pointer, write(value));
  }
  if (texts.size === 0) return undefined;
  return { value: Buffer.from(replaceInJson(json.text, texts)), places: [...texts.keys()] };
}

/** The same of a raw query. */
export function inQuery(
  { form, write }: Notation,
  query: string,
  issues: readonly Issue[],
): Rewritten<string> | undefined {
  const refused = suspectsOf(issues);
  const seen = new Map<string, number>();
  const places: string[] = [];
  const pairs = query.split('&').map((pair) => {
    const name = nameOf(pair);
    const index = seen.get(name) ?? 0;
    seen.set(name, index + 1);
    const equals = pair.indexOf('=');
    const text = equals === -1 ? undefined : decoded(pair.slice(equals + 1));
    if (text === undefined || !form.test(text)) return pair;
    const path = name.replace(/\]$/, '').split(/\]?\[/).map(escaped).join('/');
    const place = [`/query/${path}`, `/query/${path}/${index}`].find((pointer) => refused.has(pointer));
    if (place === undefined) return pair;
    places.push(place);
    return pair.slice(0, equals + 1) + encodeURIComponent(write(text));
  });
  return places.length === 0 ? undefined : { value: pairs.join('&'), places };
}

/** The same of the segments that stand for variables of the path. What is passed on is the path as it came. */
export function inPath(
  { form, write }: Notation,
  captures: readonly string[],
  operation: Operation,
  issues: readonly Issue[],
): Rewritten<readonly string[]> | undefined {
  const refused = suspectsOf(issues);
  const places: string[] = [];
  const names = [...operation.path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
  const written = captures.map((capture, index) => {
    const place = `/path/${escaped(names[index] ?? '')}`;
    if (!form.test(capture) || !refused.has(place)) return capture;
    places.push(place);
    return write(capture);
  });
  return places.length === 0 ? undefined : { value: written, places };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
