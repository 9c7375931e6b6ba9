import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { CastellanError } from '@castellan/contract';
import type { SchemeRequest, SchemeVerifier } from '../scheme.ts';
import type { CsrfConfiguration } from './configuration.ts';
import { cookieValue } from './credential.ts';
import { originOf, safeMethods, sourceOf } from './request-source.ts';

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
 * @param name of the cookie
 * @throws CastellanError `weak-secret`, `bad-authentication`
 */
export function withCsrfDefence(
  scheme: string,
  name: string,
  verifier: SchemeVerifier,
  configuration: CsrfConfiguration = {},
): SchemeVerifier {
  const where = `authentication.${scheme}.csrf`;
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
    scheme: verifier.scheme,
    place: verifier.place,
    challenge: verifier.challenge,
    ambient: true,
    get notices() {
      return [...verifier.notices, ...namePrefixNotices(scheme, name)];
    },
    close: verifier.close,
    verify(request) {
      if (safeMethods.has(request.incoming.method)) return verifier.verify(request);
      const cookie = cookieValue(request.incoming.headers.cookie, name);
      if (cookie === undefined || cookie === '') return { outcome: 'missing' };
      const reason = forged(request, cookie);
      return reason === undefined ? verifier.verify(request) : { outcome: 'refused', reason };
    },
  };
}

/** Only the prefix keeps other hosts of the site from writing the cookie (RFC 6265bis section 4.1.3.2). */
function namePrefixNotices(name: string, key: string): SchemeVerifier['notices'] {
  if (/^__host-/i.test(key)) return [];
  return [
    {
      code: 'cookie-without-prefix',
      message: `the cookie '${key.slice(0, 80)}' of ${name} may be written by other hosts of the same site and over http; call it __Host-${key.replace(/^__secure-/i, '').slice(0, 80)}`,
      fatalInProduction: false,
    },
  ];
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
    place: verifier.place,
    challenge: verifier.challenge,
    ambient: true,
    get notices() {
      return verifier.notices;
    },
    close: verifier.close,
    verify(request) {
      if (safeMethods.has(request.incoming.method) || sourceOf(request, origins) !== 'foreign')
        return verifier.verify(request);
      const presented =
        verifier.scheme.type === 'mutualTLS'
          ? request.incoming.clientCertificate?.() !== undefined
          : request.authorization !== undefined;
      return presented ? { outcome: 'refused', reason: 'cross-site-request' } : verifier.verify(request);
    },
  };
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
