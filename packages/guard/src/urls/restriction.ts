import { isIP, isIPv4 } from 'node:net';
import type { UrlRestriction } from '@castellan/contract';
import { isLoopbackName, isPrivateName, isPublicAddress } from './public-address.ts';

/** Why a URL is refused, and what to send instead. Never a part of the URL. */
interface UrlProblem {
  readonly message: string;
  readonly mend: string;
}

/** Decides on one value. Undefined: it is allowed. */
export type UrlCheck = (text: string) => UrlProblem | undefined;

const absolute: UrlProblem = {
  message: 'is not an absolute URL',
  mend: 'write it whole, with scheme and host, in printable characters',
};
const credentials: UrlProblem = { message: 'holds credentials', mend: 'leave out what is before @ in the host' };
const ambiguous: UrlProblem = {
  message: 'has a host that can be read in more than one way',
  mend: 'write a name in ASCII (xn--), an IPv4 address as four decimal numbers, an IPv6 address in brackets',
};
const inside: UrlProblem = { message: 'leads to a private address', mend: 'name a host that is public' };

/** Scheme, authority, rest (RFC 3986 appendix B). */
const parts = /^([a-z][a-z\d+.-]*):\/\/([^/?#]*)(.*)$/i;

/** What parsers read differently: blanks, control characters, backslashes, invisible and direction marks. */
// eslint-disable-next-line no-control-regex
const unreadable = /[\u0000-\u0020\u007f-\u00a0\\\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/;

/** A host as it is written, with its port; credentials and percent signs are no part of it. */
const plainAuthority = /^(\[[\da-f:.]+\]|[a-z\d._~-]+)(?::(\d{0,5}))?$/i;

/**
 * Compiles where a URL may lead (OWASP API7:2023): its scheme and host must be listed, it must be readable in one way only,
 * and where private addresses are denied its host must not be one in any spelling. What a name resolves to is not looked
 * up here.
 */
export function compileUrlCheck(restriction: UrlRestriction): UrlCheck {
  const schemes = new Set(restriction.schemes.map((scheme) => scheme.toLowerCase().replace(/:(?:\/\/)?$/, '')));
  const hosts = restriction.hosts?.map(hostPattern);
  const wrongScheme: UrlProblem = {
    message: 'has a scheme that is not allowed',
    mend: `use ${[...schemes].join(' or ')}`,
  };
  const wrongHost: UrlProblem = {
    message: 'names a host that is not allowed',
    mend: `use ${(restriction.hosts ?? []).slice(0, 10).join(' or ')}`,
  };
  return (text) => {
    const [, scheme = '', authority = ''] = parts.exec(text) ?? [];
    // Of a scheme that is not allowed nothing else need be known; `data:` and `javascript:` have no authority.
    const said = scheme === '' ? (/^([a-z][a-z\d+.-]*):/i.exec(text)?.[1] ?? '') : scheme;
    if (said !== '' && !schemes.has(said.toLowerCase())) return wrongScheme;
    if (scheme === '' || unreadable.test(text)) return absolute;
    if (authority.includes('@')) return credentials;
    const [, written, port = ''] = plainAuthority.exec(authority) ?? [];
    if (written === undefined || Number(port || 1) > 65_535) return authority === '' ? absolute : ambiguous;
    const host = hostOf(written);
    if (host === undefined) return ambiguous;
    const listed = hosts?.find((pattern) => pattern.matches(host, effectivePort(port, scheme)));
    if (hosts !== undefined && listed === undefined) return wrongHost;
    if (restriction.private === 'deny' && isInside(host, listed?.exact === true)) return inside;
    return undefined;
  };
}

/**
 * A host in the one form in which hosts are compared: lower case, without the dot at its end, an IPv6 address without
 * brackets and in its shortest form. Undefined where parsers differ on what it is: `0x7f.1` and `010.8.8.8` are
 * addresses to some and names or other addresses to others.
 */
function hostOf(written: string): string | undefined {
  const bare = written.toLowerCase().replace(/\.$/, '');
  // `http` stands for all schemes: of others the URL standard leaves the host as it is.
  if (!URL.canParse(`http://${bare}/`)) return undefined;
  const { hostname } = new URL(`http://${bare}/`);
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  if (hostname !== bare || !hostname.split('.').every((label) => label !== '' && label.length <= 63)) return undefined;
  // The last label of a name is never a number, or it would be an address (URL standard, section 3.5).
  return isIPv4(hostname) || /(?:^|\.)[^.]*[a-z][^.]*$/.test(hostname) ? hostname : undefined;
}

function isInside(host: string, listed: boolean): boolean {
  if (isIP(host) !== 0) return !isPublicAddress(host);
  return isLoopbackName(host) || (!listed && isPrivateName(host));
}

interface HostPattern {
  /** Whether it is one host. */
  readonly exact: boolean;
  readonly matches: (host: string, port: string) => boolean;
}

function hostPattern(written: string): HostPattern {
  const [, name = written, port] = /^(\[.*\]|[^:]*):(\d{1,5})$/.exec(written) ?? [];
  const below = name.startsWith('*.');
  const plain = below ? name.slice(2) : name;
  const bracketed = plain.includes(':') && !plain.startsWith('[') ? `[${plain}]` : plain;
  const parsed = URL.canParse(`http://${bracketed}/`) ? new URL(`http://${bracketed}/`).hostname : plain.toLowerCase();
  const host = parsed.replace(/^\[|\]$|\.$/g, '');
  return {
    exact: !below,
    matches: (given, on) =>
      (port === undefined || port === on) && (below ? given.endsWith(`.${host}`) : given === host),
  };
}

const standardPorts: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({ http: '80', https: '443', ws: '80', wss: '443', ftp: '21' }),
);

function effectivePort(port: string, scheme: string): string {
  return port === '' ? (standardPorts.get(scheme.toLowerCase()) ?? '') : String(Number(port));
}
