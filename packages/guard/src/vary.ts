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

/** A field that every answer carries, beside what the handler set of a field that is a list. */
export function addedTo(name: string, set: number | string | readonly string[] | undefined, value: string): string {
  if (name === 'vary') return varied(set, value);
  if (name !== 'link' || set === undefined) return value;
  const before = Array.isArray(set) ? set.join(', ') : String(set);
  return before.trim() === '' ? value : `${before}, ${value}`;
}
