// What the guard decided about a request, against what stands behind it made of the same bytes.
import { UploadedFile, type DecodedParameters } from '@castellan/contract';

/** The guard's reading of a request. */
export interface Decided {
  readonly operation: string | undefined;
  readonly parameters: DecodedParameters;
  readonly body: unknown;
}

/** Another reading of it. What a framework has no notion of is left out, and not compared. */
export interface Seen {
  readonly operation: string;
  readonly path: Readonly<Record<string, string>>;
  /** Names and values in any form that frameworks give them. */
  readonly query: Iterable<readonly [name: string, value: unknown]>;
  /** `X-Trace` as the framework gives it. */
  readonly trace?: string | undefined;
  readonly session?: { readonly value: string | undefined };
  /** A parsed body: JSON, text, `URLSearchParams`-like pairs, or form data. */
  readonly body?: SeenBody;
  /** Names of header fields that the framework sees. */
  readonly fields: Iterable<string>;
}

export type SeenBody =
  | { readonly as: 'value'; readonly value: unknown }
  | { readonly as: 'pairs'; readonly pairs: Iterable<readonly [name: string, value: unknown]> };

const overrides = ['x-http-method', 'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'];

/** The first difference, in words; undefined where there is none. */
export function difference(decided: Decided, seen: Seen, behind = true): string | undefined {
  if (decided.operation !== seen.operation) return `operation: guard ${decided.operation}, behind it ${seen.operation}`;
  const { path, query, header, cookie } = decided.parameters;
  for (const [name, value] of Object.entries(path)) {
    if (text(value) !== seen.path[name]) return differs(`path ${name}`, text(value), seen.path[name]);
  }
  const pairs = differs('query', flat(Object.entries(query)), flat(seen.query));
  if (pairs !== undefined) return pairs;
  if (decided.operation !== documentsFields) return rest(decided, seen, behind);
  if ('trace' in seen && header['x-trace'] !== seen.trace) return differs('x-trace', header['x-trace'], seen.trace);
  if (seen.session !== undefined) {
    const session = differs('cookie session', cookie['session'], seen.session.value);
    if (session !== undefined) return session;
  }
  return rest(decided, seen, behind);
}

/** The one operation that documents header and cookie parameters. */
const documentsFields = 'listOrders';

function rest(decided: Decided, seen: Seen, behind: boolean): string | undefined {
  if (behind)
    for (const name of seen.fields)
      if (overrides.includes(name.toLowerCase())) return `the field ${name} was handed on`;
  if (seen.body === undefined) return undefined;
  if (decided.body === undefined && seen.body.as === 'value' && seen.body.value === '') return undefined;
  if (seen.body.as === 'value') return differs('body', decided.body, seen.body.value);
  return differs('body', flat(Object.entries((decided.body ?? {}) as object)), flat(seen.body.pairs));
}

function differs(what: string, guard: unknown, other: unknown): string | undefined {
  const [a, b] = [print(guard), print(other)];
  return a === b ? undefined : `${what}: guard ${a}, behind it ${b}`;
}

/** Every value as the text that was sent for it, under one notation of its name, in one order. */
function flat(entries: Iterable<readonly [string, unknown]>): readonly string[] {
  const pairs: string[] = [];
  const add = (name: string, value: unknown): void => {
    if (value instanceof UploadedFile) pairs.push(`${name}=${file(value.filename ?? '', value.bytes)}`);
    else if (Array.isArray(value) && name === 'ids' && value.length !== 1)
      pairs.push(`${name}=${value.map(text).join(',')}`);
    else if (Array.isArray(value)) for (const item of value) add(name, item);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
    else if (value !== undefined) pairs.push(`${name}=${text(value)}`);
  };
  for (const [name, value] of entries) add(name, value);
  return pairs.sort();
}

/** How a file is compared. */
export function file(name: string, bytes: Uint8Array): string {
  return `${name}:${Buffer.from(bytes).toString('latin1')}`;
}

function text(value: unknown): string {
  return typeof value === 'object' ? print(value) : String(value);
}

function print(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => {
      // What the guard keeps exact, JSON.parse rounds (docs/decisions/060-numbers.md).
      if (typeof inner === 'bigint') return Number(inner);
      if (Object.is(inner, -0)) return '-0';
      if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? 'nothing'
  );
}
