import {
  cutJson,
  isJson,
  parseMediaType,
  type Contract,
  type Issue,
  type Leniency,
  type Operation,
} from '@castellan/contract';
import { nameOf } from './undocumented.ts';

/** One thing that is written otherwise than the contract asks and was let through, for the event. */
export interface LeniencyUse {
  /** `format`: of an answer; others of a request. */
  readonly what: 'format' | Leniency;
  /** Where it stands, never what: pointers (RFC 6901) in the body, with `/query` or `/header` before them elsewhere. */
  readonly places: readonly string[];
}

/** A request as it should have been written, which is still to be checked. */
export interface Rewritten<T> {
  readonly value: T;
  readonly places: readonly string[];
}

/** What is let through in requests of an operation: as the operation says, or else the API. */
export function leniencyIn({ castellan }: Contract, operation: Operation): ReadonlySet<Leniency> {
  return new Set(operation.castellan.leniency ?? castellan.leniency);
}

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
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const places = [...suspects].filter((pointer) => isNullMember(body, tokensOf(pointer)));
  return places.length === 0 ? undefined : { value: Buffer.from(cutJson(text, new Set(places))), places };
}

function isNullMember(body: unknown, tokens: readonly string[]): boolean {
  let holder: unknown;
  let value = body;
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return false;
    holder = value;
    value = (value as Readonly<Record<string, unknown>>)[token];
  }
  return value === null && holder !== undefined && !Array.isArray(holder);
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

function escaped(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

function tokensOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
