import type { ServerResponse } from 'node:http';
import type { weaken } from '../replaced-fields.ts';

/** The answer to HEAD, and 304, tell the length of a body that is not sent (RFC 9110 section 8.6). */
export function isBodiless(response: ServerResponse): boolean {
  return response.req.method === 'HEAD' || response.statusCode === 304;
}

/**
 * Takes the transfer coding from an answer that is sent whole, unless it carries trailers: without it Node throws then.
 * @param isSet whether the handler set one
 */
export function dropCoding(response: ServerResponse, isSet: boolean): void {
  if (isBodiless(response)) response.removeHeader('trailer');
  if (isSet && !response.hasHeader('trailer')) response.removeHeader('transfer-encoding');
}

/** `Content-Encoding` of an answer. */
export function codingOf(response: ServerResponse): string | undefined {
  const set = response.getHeader('content-encoding');
  return set === undefined ? undefined : String(set);
}

/** `Content-Type` of an answer. */
export function contentTypeOf(response: ServerResponse): string | undefined {
  const set = response.getHeader('content-type');
  return set === undefined ? undefined : String(set);
}

/** The fields of a response, to be read and changed. */
export function fieldsIn(response: ServerResponse): Parameters<typeof weaken>[0] {
  return {
    get: (name) => response.getHeader(name)?.toString(),
    set: (name, value) => void response.setHeader(name, value),
    delete: (name) => response.removeHeader(name),
  };
}
