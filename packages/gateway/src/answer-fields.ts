import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { hopByHop, keptFields } from './fields.ts';

/** How addresses of the upstream become addresses of the gateway. */
export interface Readdressing {
  readonly upstream: URL;
  /** The upstream's path prefix, without a slash at its end. */
  readonly prefix: string;
  /** The origin that the caller used, where it is known to be one of the API's. */
  readonly origin: string | undefined;
}

/**
 * The upstream's fields for the caller, less what belongs to its connection; the request id is always the gateway's, and
 * what leads to the upstream leads to the gateway.
 */
export function responseFields(
  status: number,
  headers: IncomingHttpHeaders,
  readdressing: Readdressing,
): OutgoingHttpHeaders {
  const out = Object.create(null) as OutgoingHttpHeaders;
  const named = headers.connection?.toLowerCase();
  for (const name in headers) {
    if (hopByHop.has(name) || name === 'x-request-id') continue;
    // RFC 9110 section 8.6: an answer that never has content says no length.
    if (status === 204 && name === 'content-length') continue;
    if (named !== undefined && namesField(named, name)) continue;
    const value = headers[name];
    if (value === undefined) continue;
    const readdress = addressFields.get(name);
    if (readdress === undefined) out[name] = value;
    else
      out[name] = Array.isArray(value)
        ? value.map((one) => readdress(one, readdressing))
        : readdress(value, readdressing);
  }
  return out;
}

function namesField(connection: string, name: string): boolean {
  return (
    connection.includes(name) && !keptFields.has(name) && connection.split(',').some((part) => part.trim() === name)
  );
}

/** Fields that hold addresses, and how those in them are found. */
const addressFields: ReadonlyMap<string, (value: string, readdressing: Readdressing) => string> = new Map([
  ['location', atGateway],
  ['content-location', atGateway],
  [
    'link',
    (value, readdressing) => value.replace(/<([^<>]*)>/g, (_, url: string) => `<${atGateway(url, readdressing)}>`),
  ],
  [
    'refresh',
    (value, readdressing) =>
      value.replace(
        /^(\s*\d+\s*[;,]\s*url\s*=\s*)(.*)$/i,
        (_, before: string, url: string) => before + atGateway(url, readdressing),
      ),
  ],
]);

/** An address that leads to the upstream, as one that leads to the gateway; any other as it is. */
function atGateway(value: string, { upstream, prefix, origin }: Readdressing): string {
  const absolute = /^\s*(?:[a-z][a-z\d+.-]*:|[/\\]{2})/i.test(value);
  if (!absolute) return prefix !== '' && isUnder(value, prefix) ? withoutPrefix(value, prefix) : value;
  if (!URL.canParse(value, upstream.href)) return value;
  const url = new URL(value, upstream);
  if (!leadsInside(url, upstream)) return value;
  const { pathname, search, hash } = url;
  return `${origin ?? ''}${withoutPrefix(pathname, prefix)}${search}${hash}`;
}

function isUnder(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && /^(?:$|[/?#])/.test(path.slice(prefix.length));
}

function withoutPrefix(path: string, prefix: string): string {
  if (!isUnder(path, prefix)) return path;
  const rest = path.slice(prefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Whether an address is the upstream's, in any of the ways in which a server may write its own. */
function leadsInside(url: URL, upstream: URL): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  const samePort = portOf(url) === portOf(upstream) || (url.port === '' && upstream.port === '');
  if (isLoopback(upstream.hostname)) return samePort && (isLoopback(url.hostname) || url.hostname === '0.0.0.0');
  // A server that does not know its port leaves it out; the name alone tells where it is.
  return url.hostname === upstream.hostname && (samePort || url.port === '');
}

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host.replace(/\.$/, ''));
