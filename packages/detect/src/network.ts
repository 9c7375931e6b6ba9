/** The network of an address: /24 of IPv4, /48 of IPv6. */
export function networkOf(address: string): string {
  if (address.startsWith('::ffff:') && address.includes('.')) return networkOf(address.slice(7));
  const dot = address.lastIndexOf('.');
  if (dot > 0 && !address.includes(':')) return address.slice(0, dot);
  // The first three groups; what is compressed before them is written out.
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) while (groups.length < 3) groups.push('0');
  return groups
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}
