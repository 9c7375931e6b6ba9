import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { OptionError } from './configuration/reader.ts';

/** Finds the client's address from the peer's address and the `X-Forwarded-For` field. */
export type ClientAddress = (peer: string, forwardedFor: string | undefined) => string;

/**
 * Only proxies named here are believed when they say whom they forward for. The list is read from the right: the first
 * address that is not a trusted proxy is the client, because everything to its left is what the client itself wrote.
 *
 * @param trusted addresses or CIDR ranges: `10.0.0.0/8`, `2001:db8::/32`, `127.0.0.1`, or `loopback`
 * @throws CastellanError `bad-trusted-proxy`
 */
export function compileClientAddress(trusted: readonly string[]): ClientAddress {
  if (trusted.length === 0) return normalAddress;
  const isTrusted = compileTrusted(trusted);
  return (peer, forwardedFor) => {
    let client = normalAddress(peer);
    if (forwardedFor === undefined) return client;
    let end = forwardedFor.length;
    for (let read = 0; end >= 0 && isTrusted(client); read++) {
      const comma = end === 0 ? -1 : forwardedFor.lastIndexOf(',', end - 1);
      const hop = withoutPort(forwardedFor.slice(comma + 1, end).trim());
      // Whom a trusted proxy forwards for cannot be read. That is nobody who is trusted, and not the proxy itself.
      if (isIP(hop) === 0 || read === maxHops) return unknownAddress;
      client = normalAddress(hop);
      end = comma;
    }
    return client;
  };
}

/**
 * Whether the peer of a connection is one of the trusted proxies.
 * @param trusted as for `compileClientAddress`
 * @throws CastellanError `bad-trusted-proxy`
 */
export function compileTrustedPeer(trusted: readonly string[]): (peer: string) => boolean {
  const isTrusted = compileTrusted(trusted);
  return (peer) => isTrusted(normalAddress(peer));
}

function compileTrusted(trusted: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of trusted) addTo(list, entry);
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

const maxHops = 32;

/** The address of a caller whom a trusted proxy names in no way that can be read. */
const unknownAddress = 'unknown';

function addTo(list: BlockList, entry: string): void {
  if (entry === 'loopback') {
    list.addSubnet('127.0.0.0', 8, 'ipv4');
    list.addAddress('::1', 'ipv6');
    return;
  }
  const [address = '', bits] = entry.split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  const width = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (family === undefined || prefix < 0 || prefix > width) {
    throw new OptionError(
      'options.trustedProxies',
      'bad-trusted-proxy',
      `'${entry}' in trustedProxies is not an address or CIDR range`,
      'write an address such as 10.0.0.7 or a range such as 10.0.0.0/8',
    );
  }
  list.addSubnet(address, prefix, family);
}

/** `::ffff:127.0.0.1` is `127.0.0.1`: one client has one spelling. */
export function normalAddress(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
}

function withoutPort(hop: string): string {
  if (hop.startsWith('[')) return hop.slice(1, Math.max(1, hop.indexOf(']')));
  const colon = hop.indexOf(':');
  return colon !== -1 && colon === hop.lastIndexOf(':') ? hop.slice(0, colon) : hop;
}

/**
 * What limits by address count by. An IPv6 customer holds at least a /64, so its addresses count as one.
 * @param address as `ClientAddress` gives it
 */
export function limitKey(address: string): string {
  return prefixOf(address, 4);
}

/** The network that a caller may hold whole: of IPv6 the /48 that one site gets (RFC 6177), of IPv4 the address. */
export function networkKey(address: string): string {
  return prefixOf(address, 3);
}

/** @param count 16-bit groups of an IPv6 address */
function prefixOf(address: string, count: number): string {
  if (!address.includes(':')) return address;
  return `${groupsOf(address).slice(0, count).join(':')}::/${count * 16}`;
}

/**
 * The network of an IPv6 address; an IPv4 address is one by itself.
 * @param bits of the prefix, 0 to 128
 */
export function networkOf(address: string, bits: number): string {
  if (!address.includes(':')) return address;
  const groups = groupsOf(address).map((group, index) => {
    const kept = Math.min(16, Math.max(0, bits - index * 16));
    return (Number.parseInt(group, 16) & (0xffff << (16 - kept)) & 0xffff).toString(16);
  });
  return `${groups.join(':')}/${bits}`;
}

function groupsOf(address: string): readonly string[] {
  const halves = address.split('::');
  const head = (halves[0] ?? '').split(':').filter(Boolean);
  const tail = (halves[1] ?? '').split(':').filter(Boolean);
  const zeros = halves.length === 1 ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
}
