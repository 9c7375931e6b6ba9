import type { SecurityScheme } from '@castellan/contract';
import type { SchemeRequest } from '../scheme.ts';
import { basicCredential, bearerCredential, cookieValue, queryValue, schemeCredential } from './credential.ts';

/**
 * The challenge that a 401 carries for a scheme (RFC 9110 section 15.5.2: never without one). HTTP has no registered scheme for
 * keys, cookies and client certificates; their names say what is asked for.
 */
export function challengeOf(scheme: SecurityScheme, realm: string): string {
  if (scheme.type === 'apiKey') {
    const name = scheme.key.replaceAll(/[^\x20-\x7e]|["\\]/g, '');
    return scheme.in === 'cookie'
      ? `Cookie realm="${realm}", name="${name}"`
      : `ApiKey realm="${realm}", in="${scheme.in}", name="${name}"`;
  }
  if (scheme.type === 'mutualTLS') return `ClientCertificate realm="${realm}"`;
  if (scheme.type === 'oauth2' || scheme.type === 'openIdConnect') return `Bearer realm="${realm}"`;
  if (scheme.scheme === 'bearer' || scheme.scheme === 'dpop') return `Bearer realm="${realm}"`;
  if (scheme.scheme === 'basic') return `Basic realm="${realm}", charset="UTF-8"`;
  return scheme.scheme;
}

/** What a request carries for a scheme, without the scheme's name; undefined where it carries nothing. */
export function credentialReader(scheme: SecurityScheme): (request: SchemeRequest) => string | undefined {
  if (scheme.type === 'apiKey') return fieldReader(scheme.in, scheme.key);
  if (scheme.type === 'http' && scheme.scheme === 'basic') {
    return (request) => {
      const credential = basicCredential(request.authorization);
      return credential === undefined ? undefined : `${credential.user}:${credential.password}`;
    };
  }
  if (scheme.type === 'http' && scheme.scheme !== 'bearer')
    return (request) => schemeCredential(request.authorization, scheme.scheme);
  if (scheme.type === 'mutualTLS') return (request) => request.incoming.clientCertificate?.()?.fingerprint256;
  return (request) => bearerCredential(request.authorization);
}

/** How a key is found in a request. */
export function fieldReader(
  place: 'header' | 'query' | 'cookie',
  key: string,
): (request: SchemeRequest) => string | undefined {
  if (place === 'query') return (request) => queryValue(queryOf(request.incoming.target), key);
  if (place === 'cookie') return (request) => cookieValue(request.incoming.headers.cookie, key);
  const name = key.toLowerCase();
  if (name === 'authorization') return (request) => withoutScheme(request.authorization);
  return (request) => {
    const { rawHeaders } = request.incoming;
    let found: string | undefined;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const field = rawHeaders[i];
      if (field?.length !== name.length || field.toLowerCase() !== name) continue;
      // Two keys: nobody can say which one was meant.
      if (found !== undefined) return '';
      found = rawHeaders[i + 1];
    }
    return found;
  };
}

function queryOf(target: string): string {
  const mark = target.indexOf('?');
  return mark === -1 ? '' : target.slice(mark + 1);
}

/** A key in `Authorization` may have a word before it, `ApiKey …` or `Bearer …`; no key has a space in it. */
function withoutScheme(field: string | undefined): string | undefined {
  const found = field === undefined ? null : /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} +(\S+)$/.exec(field);
  return found === null ? field : found[1];
}
