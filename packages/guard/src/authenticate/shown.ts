import type { SecurityScheme } from '@castellan/contract';
import type { SchemeRequest } from '../scheme.ts';

/** Where a credential is. */
export interface Place {
  readonly in: 'header' | 'query' | 'cookie';
  readonly key: string;
}

/** What follows the name of an authentication scheme and is not more of the name. */
const credential = /^[^!#$%&'*+.^_`|~0-9A-Za-z-]\s*\S|^[^!#$%&'*+.^_`|~0-9A-Za-z\s-]/;

/**
 * Whether a request shows something where a scheme's credential is, readable or not: one that is there twice, cut off, or
 * written as no server should. Where anybody may call, that is no caller without a credential.
 * @param place of the credential, where it is not the scheme's own
 */
export function shows(scheme: SecurityScheme, place: Place | undefined, request: SchemeRequest): boolean {
  const at: Place | undefined = place ?? (scheme.type === 'apiKey' ? { in: scheme.in, key: scheme.key } : undefined);
  if (at !== undefined) return showsAt(at, request);
  if (scheme.type === 'mutualTLS') return false;
  const names = scheme.type === 'http' && scheme.scheme !== 'bearer' ? [scheme.scheme] : ['bearer', 'dpop'];
  const { authorization = '' } = request;
  return names.some(
    (name) =>
      authorization.slice(0, name.length).toLowerCase() === name && credential.test(authorization.slice(name.length)),
  );
}

function showsAt({ in: kind, key }: Place, { incoming, authorization }: SchemeRequest): boolean {
  if (kind === 'cookie') return pairs(incoming.headers.cookie ?? '', ';').some(isOf(key));
  if (kind === 'query') {
    const mark = incoming.target.indexOf('?');
    return mark !== -1 && pairs(incoming.target.slice(mark + 1), '&').some(isOf(key));
  }
  const name = key.toLowerCase();
  if (name === 'authorization') return (authorization ?? '') !== '';
  return incoming.rawHeaders.some(
    (field, index) =>
      index % 2 === 0 && field.toLowerCase() === name && (incoming.rawHeaders[index + 1] ?? '').trim() !== '',
  );
}

function isOf(key: string): (pair: readonly [name: string, value: string]) => boolean {
  return ([name, value]) => value !== '' && (name === key || decoded(name) === key);
}

function pairs(text: string, between: string): readonly (readonly [name: string, value: string])[] {
  return text.split(between).map((pair) => {
    const equals = pair.indexOf('=');
    return equals === -1 ? [pair.trim(), ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
  });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
