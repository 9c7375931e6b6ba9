import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { hopByHop } from './fields.ts';

/** Fields that mean something before the body, or about who asks: never in a trailer (RFC 9110 section 6.5.1). */
const neverLast =
  /^(?:content-.*|host|cache-control|expect|max-forwards|pragma|range|te|age|date|expires|location|retry-after|vary|warning|etag|last-modified|if-.*|authorization|www-authenticate|cookie|set-cookie|accept.*|access-control-.*|strict-transport-security|x-request-id|x-forwarded-.*|forwarded|link|refresh|origin|castellan-.*)$/;

/** Whether a caller takes trailers (`TE: trailers`, RFC 9110 section 10.1.4). */
export function takesTrailers({ headers, httpVersion }: Pick<IncomingMessage, 'headers' | 'httpVersion'>): boolean {
  const { te } = headers;
  if (te === undefined || httpVersion === '1.0') return false;
  return String(te)
    .split(',')
    .some((one) => one.trim().toLowerCase() === 'trailers');
}

/** The names that an answer announces for its end and that may stand there; empty where it announces none. */
export function announcedTrailers({ trailer }: IncomingHttpHeaders): readonly string[] {
  if (trailer === undefined) return [];
  return String(trailer)
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9!#$%&'*+.^`|~-]+$/.test(name) && !hopByHop.has(name) && !neverLast.test(name));
}

/** Adds what came at the end of an answer: what was announced, and nothing else. */
export function addTrailers(response: ServerResponse, names: readonly string[], came: IncomingHttpHeaders): void {
  const fields = names.flatMap((name) => {
    const value = came[name];
    // Node refuses bytes that no field may hold.
    return typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? [[name, value] as const] : [];
  });
  if (fields.length > 0) response.addTrailers(Object.fromEntries(fields));
}
