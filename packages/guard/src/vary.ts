/**
 * Adds a field name to `Vary`, and keeps what the handler said (RFC 9110 section 12.5.5).
 * @param set as the handler left it
 */
export function varied(set: number | string | readonly string[] | undefined, name: string): string {
  if (set === undefined) return name;
  const list = Array.isArray(set) ? set.join(', ') : String(set);
  const names = list.split(',').map((one) => one.trim().toLowerCase());
  if (names.includes('*') || names.includes(name.toLowerCase())) return list;
  return list.trim() === '' ? name : `${list}, ${name}`;
}
