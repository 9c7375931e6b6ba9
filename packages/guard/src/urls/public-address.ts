import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IPv4 addresses that are not reachable from everywhere (IANA special-purpose registry, RFC 6890), and Azure's own 168.63.129.16. */
const special4: readonly (readonly [net: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Within 2000::/3, what is for protocols, documentation, or tunnels into IPv4. */
const special6: readonly (readonly [net: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const denied = new BlockList();
for (const [net, bits] of special4) denied.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of special6) denied.addSubnet(net, bits, 'ipv6');
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

/** Prefixes under which an IPv6 address is an IPv4 one: mapped (RFC 4291 section 2.5.5.2) and NAT64 (RFC 6052). */
const embedding = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Whether an IP address is reachable from everywhere: not loopback, private, link-local, shared, multicast or reserved.
 * @param address an IPv4 address, or an IPv6 one without brackets, as the URL standard writes them
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !denied.check(address, 'ipv4');
  if (!isIPv6(address)) return false;
  const [, high, low] = embedding.exec(address) ?? [];
  if (high !== undefined && low !== undefined) {
    const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
    return isPublicAddress(`${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`);
  }
  return global6.check(address, 'ipv6') && !denied.check(address, 'ipv6');
}

/** Names that resolve to loopback everywhere (RFC 6761 section 6.3). */
const loopbackName = /(?:^|\.)localhost$/;

/** Domains that no public name server answers for (RFC 6761, 6762, 8375, 9476; what ICANN and clouds keep for private use). */
const privateDomain =
  /\.(?:local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa|test|invalid|onion|alt|in-addr\.arpa|ip6\.arpa|svc)$/;

/** Whether a host name says by itself that it leads to this machine. */
export function isLoopbackName(host: string): boolean {
  return loopbackName.test(host) || host === 'localhost.localdomain' || host === 'ip6-localhost';
}

/** Whether a host name says by itself that it is known inside a network only. What it resolves to is not looked up. */
export function isPrivateName(host: string): boolean {
  return !host.includes('.') || privateDomain.test(host);
}
