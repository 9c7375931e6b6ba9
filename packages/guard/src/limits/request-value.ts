import type { RequestValue, ValuePlace } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';

/** The first of the places that the request has a value in; undefined where it has none. */
export function valueOf(exchange: Exchange, { places }: RequestValue): unknown {
  for (const place of places) {
    const found = valueAt(exchange, place);
    if (found !== undefined && found !== null && found !== '') return found;
  }
  return undefined;
}

/** The same where what is empty is a value too: nobody knows what an application makes of it. */
export function givenOf(exchange: Exchange, { places }: RequestValue): unknown {
  for (const place of places) {
    const found = valueAt(exchange, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The same for what names somebody: a text, number or truth value. An object or list names nobody: what else it holds would make it
 * another one each time.
 */
export function nameOf(exchange: Exchange, { places }: RequestValue): string | undefined {
  for (const place of places) {
    const found = valueAt(exchange, place);
    if (typeof found === 'object' || found === undefined) continue;
    const name = normalised(found);
    if (name !== '') return name;
  }
  return undefined;
}

function valueAt(exchange: Exchange, { source, path }: ValuePlace): unknown {
  const [name = ''] = path;
  if (source !== 'body') {
    const decoded = memberOf(exchange.parameters[source], name);
    if (decoded !== undefined) return decoded;
    if (source === 'header') return exchange.incoming.headers[name];
    return source === 'cookie' ? cookieOf(exchange.incoming.headers.cookie, name) : undefined;
  }
  let value: unknown = exchange.value;
  for (const key of path) value = memberOf(value, key);
  return value;
}

function memberOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
    ? (holder as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** A cookie that no parameter declares (RFC 6265 section 5.4). */
function cookieOf(field: string | undefined, name: string): string | undefined {
  for (const pair of (field ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/**
 * One text for all spellings of a name that people take for the same: compatibility forms, case, spaces around it and
 * characters that nobody sees make no difference, so that they give nobody a new allowance.
 */
function normalised(value: unknown): string {
  return String(value)
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase();
}
