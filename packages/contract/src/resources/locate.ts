import { escapePointer } from '../schema/index.ts';

/** Where in a value an object of it stands, as an RFC 6901 pointer. Searches; for messages only. */
export function locateObject(value: unknown, object: object): string | undefined {
  const pending: (readonly [value: unknown, pointer: string])[] = [[value, '']];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [at, pointer] = next;
    if (at === object) return pointer;
    if (typeof at !== 'object' || at === null) continue;
    for (const [name, inner] of Object.entries(at))
      if (typeof inner === 'object' && inner !== null) pending.push([inner, `${pointer}/${escapePointer(name)}`]);
  }
  return undefined;
}

/** Where the objects of a value stand, as RFC 6901 pointers; the value is walked once, when first asked. */
export function pointersIn(value: unknown): (object: object) => string {
  let known: Map<object, string> | undefined;
  return (object) => {
    if (known === undefined) {
      known = new Map();
      const pending: (readonly [value: unknown, pointer: string])[] = [[value, '']];
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        const [at, pointer] = next;
        if (typeof at !== 'object' || at === null) continue;
        known.set(at, pointer);
        for (const [name, inner] of Object.entries(at)) pending.push([inner, `${pointer}/${escapePointer(name)}`]);
      }
    }
    return known.get(object) ?? '';
  };
}
