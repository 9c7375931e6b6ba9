import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { SchemeRequest, SchemeVerifier } from '../scheme.ts';
import type { CsrfConfiguration } from './configuration.ts';
import { cookieValue } from './credential.ts';

/** Methods that change nothing (RFC 9110 section 9.2.1): other sites gain nothing by sending them. */
const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);
const processSecret = randomBytes(32);

/**
 * The token that a page of the API's own sends along with requests that change something: a keyed hash of the session
 * cookie, so that no other session's token fits.
 * @param cookie the session cookie's value
 * @param secret `csrf.secret` of the configuration; where absent that of this process
 */
export function csrfToken(cookie: string, secret?: string): string {
  return createHmac('sha256', secret ?? processSecret)
    .update(`csrf ${cookie}`)
    .digest('base64url');
}

/**
 * Wraps the verifier of a cookie scheme: browsers attach cookies to requests that other sites' pages send, so a request
 * that changes something must say where it comes from and carry a token (ASVS 5.0 V3.5, OWASP CSRF Prevention).
 * @throws CastellanError `weak-secret`, `bad-authentication`
 */
export function withCsrfDefence(
  scheme: SecurityScheme & { readonly type: 'apiKey' },
  verifier: SchemeVerifier,
  configuration: CsrfConfiguration = {},
): SchemeVerifier {
  const where = `authentication.${scheme.name}.csrf`;
  if (configuration.secret !== undefined && configuration.secret.length < 32)
    throw new CastellanError({
      code: 'weak-secret',
      message: `${where}.secret has fewer than 32 characters`,
      mend: 'use a random secret: openssl rand -base64 32',
    });
  const origins = new Set((configuration.origins ?? []).map((origin) => originOf(where, origin)));
  const field = (configuration.header ?? 'x-csrf-token').toLowerCase();
  const always = configuration.token !== 'fallback';

  const forged = (request: SchemeRequest, cookie: string): string | undefined => {
    const source = sourceOf(request, origins);
    if (source === 'foreign') return 'cross-site-request';
    if (source === 'own' && !always) return undefined;
    const given = request.incoming.headers[field];
    if (typeof given !== 'string' || given === '') return 'csrf-token-missing';
    return equal(given, csrfToken(cookie, configuration.secret)) ? undefined : 'csrf-token-wrong';
  };

  return {
    scheme,
    challenge: verifier.challenge,
    ambient: true,
    get notices() {
      return verifier.notices;
    },
    close: verifier.close,
    verify(request) {
      if (safe.has(request.incoming.method)) return verifier.verify(request);
      const cookie = cookieValue(request.incoming.headers.cookie, scheme.key);
      if (cookie === undefined || cookie === '') return { outcome: 'missing' };
      const reason = forged(request, cookie);
      return reason === undefined ? verifier.verify(request) : { outcome: 'refused', reason };
    },
  };
}

/**
 * Wraps the verifier of credentials that browsers send by themselves and that no page can read: passwords (`basic` and
 * its like) and client certificates. A request that changes something must not come from another site's page; programs,
 * which say nothing of where they come from, pass.
 * @param own origins whose pages may send them: those of CORS and of `csrf.origins`
 * @throws CastellanError `bad-authentication`
 */
export function withOriginCheck(
  verifier: SchemeVerifier,
  configuration: CsrfConfiguration = {},
  own: readonly string[] = [],
): SchemeVerifier {
  const where = `authentication.${verifier.scheme.name}.csrf`;
  const origins = new Set([...(configuration.origins ?? []).map((origin) => originOf(where, origin)), ...own]);
  return {
    scheme: verifier.scheme,
    challenge: verifier.challenge,
    ambient: true,
    get notices() {
      return verifier.notices;
    },
    close: verifier.close,
    verify(request) {
      if (safe.has(request.incoming.method) || sourceOf(request, origins) !== 'foreign')
        return verifier.verify(request);
      const presented =
        verifier.scheme.type === 'mutualTLS'
          ? request.incoming.clientCertificate?.() !== undefined
          : request.authorization !== undefined;
      return presented ? { outcome: 'refused', reason: 'cross-site-request' } : verifier.verify(request);
    },
  };
}

/**
 * Where a browser says that a request comes from: `Sec-Fetch-Site` first, because scripts cannot write it, then
 * `Origin`, then `Referer`. `unknown` where it says nothing.
 */
function sourceOf(request: SchemeRequest, origins: ReadonlySet<string>): 'own' | 'foreign' | 'unknown' {
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

function originOf(where: string, origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined || url.origin !== origin) {
    throw new CastellanError({
      code: 'bad-authentication',
      message: `${where}.origins has '${origin.slice(0, 100)}', which is no origin`,
      mend: 'write scheme and host, such as https://app.example.com',
    });
  }
  return url.origin;
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
