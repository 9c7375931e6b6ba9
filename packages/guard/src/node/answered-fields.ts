import type { ServerResponse } from 'node:http';

/** The answer to HEAD, and 304, tell the length of a body that is not sent (RFC 9110 section 8.6). */
export function isBodiless(response: ServerResponse): boolean {
  return response.req.method === 'HEAD' || response.statusCode === 304;
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
