import { CastellanError } from '@castellan/contract';
import { isOrigin } from '../cors.ts';
import type { SchemeRequest } from '../scheme.ts';

/** Methods that change nothing (RFC 9110 section 9.2.1): other sites gain nothing by sending them. */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);

/**
 * Where a browser says that a request comes from: `Sec-Fetch-Site` first, because scripts cannot write it, then
 * `Origin`, then `Referer`. `unknown` where it says nothing.
 */
export function sourceOf(
  request: Pick<SchemeRequest, 'incoming' | 'url'>,
  origins: ReadonlySet<string>,
): 'own' | 'foreign' | 'unknown' {
  const { headers } = request.incoming;
  // A Host that is no host: nothing can be the API's own.
  if (!URL.canParse(request.url)) return 'foreign';
  const own = new URL(request.url).origin;
  const origin = headers['origin'] ?? refererOrigin(headers['referer']);
  const named = origin === undefined ? undefined : isOwn(origin, own) || origins.has(origin);
  const site = headers['sec-fetch-site'];
  if (named === false) return 'foreign';
  if (site === undefined) return named === undefined ? 'unknown' : 'own';
  if (site === 'same-origin') return 'own';
  return named === true && origin !== undefined && origins.has(origin) ? 'own' : 'foreign';
}

/** The API's own origin; also as callers see it where TLS ends in front of this process. */
function isOwn(origin: string, own: string): boolean {
  return origin === own || (own.startsWith('http:') && origin === `https:${own.slice(5)}`);
}

function refererOrigin(referer: string | undefined): string | undefined {
  if (referer === undefined) return undefined;
  return URL.canParse(referer) ? new URL(referer).origin : 'null';
}

/** @throws CastellanError `bad-authentication` where it is no origin */
export function originOf(where: string, origin: string): string {
  if (isOrigin(origin)) return origin;
  throw new CastellanError({
    code: 'bad-authentication',
    message: `${where}.origins has '${origin.slice(0, 100)}', which is no origin`,
    mend: 'write scheme and host, such as https://app.example.com',
  });
}
