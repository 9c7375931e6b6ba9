import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Exchange } from '@castellan/guard';
import { overrideFields } from '@castellan/guard/node';

/** Fields that belong to one connection, not to the message (RFC 9110 section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Fields that only this gateway may write for the upstream. */
const own = new Set([
  'host',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'expect',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-real-ip',
  'x-request-id',
]);

/** A name that CGI-like servers cannot tell from its twin with hyphens is not passed on. */
const plainName = /^[a-z0-9!#$%&'*+.^`|~-]+$/;

/**
 * The header fields for the upstream: what the caller sent, less what belongs to the connection, what could change the
 * meaning of the checked request, and what only a proxy may say.
 */
export function requestFields(
  exchange: Exchange,
  request: { readonly headers: IncomingHttpHeaders },
  host: string,
  token: string | undefined,
): string[] {
  const out: string[] = ['host', host];
  const raw = exchange.incoming.rawHeaders;
  const named = connectionNames(raw);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    if (hopByHop.has(name) || own.has(name) || overrideFields.has(name) || named.has(name) || !plainName.test(name))
      continue;
    out.push(name, raw[i + 1] ?? '');
  }
  // Only an answer in plain bytes can be checked.
  out.push('accept-encoding', 'identity');
  out.push(
    'x-forwarded-for',
    exchange.address,
    'x-forwarded-proto',
    exchange.incoming.encrypted ? 'https' : 'http',
    'x-request-id',
    exchange.id,
  );
  if (exchange.fields?.host !== undefined) out.push('x-forwarded-host', exchange.fields.host);
  if (exchange.body !== undefined) out.push('content-length', String(exchange.body.length));
  else {
    const length = request.headers['content-length'];
    if (length !== undefined) out.push('content-length', length);
    if (exchange.fields?.contentEncoding !== undefined) out.push('content-encoding', exchange.fields.contentEncoding);
  }
  if (token !== undefined) out.push('castellan-context', token);
  return out;
}

function connectionNames(raw: readonly string[]): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.length !== 10 || raw[i]?.toLowerCase() !== 'connection') continue;
    for (const name of (raw[i + 1] ?? '').split(',')) {
      const lower = name.trim().toLowerCase();
      // `Connection: authorization` would strip the credential that was checked; only real hop-by-hop names count.
      if (lower !== '' && !kept.has(lower)) (names ??= new Set()).add(lower);
    }
  }
  return names ?? none;
}

const none: ReadonlySet<string> = new Set();
const kept = new Set(['authorization', 'cookie', 'content-type', 'dpop', 'host']);

/** The upstream's fields for the caller, less what belongs to its connection; the request id is always the gateway's. */
export function responseFields(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const out: OutgoingHttpHeaders = {};
  const named = headers.connection?.toLowerCase();
  for (const name in headers) {
    if (hopByHop.has(name) || name === 'x-request-id') continue;
    if (named !== undefined && namesField(named, name)) continue;
    const value = headers[name];
    if (value !== undefined) out[name] = value;
  }
  return out;
}

function namesField(connection: string, name: string): boolean {
  return connection.includes(name) && !kept.has(name) && connection.split(',').some((part) => part.trim() === name);
}
