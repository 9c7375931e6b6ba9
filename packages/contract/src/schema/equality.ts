/** JSON equality (JSON Schema 2020-12 core, section 4.2.2): numbers by value, also between `number` and `bigint`; objects without order. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === 'bigint' || typeof b === 'bigint')
    return isNumeric(a) && isNumeric(b) && numericKey(a) === numericKey(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
    return true;
  }
  const keys = presentKeys(a);
  if (keys.length !== presentKeys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
      return false;
  }
  return true;
}

/** Above this many items, comparing each pair costs more than hashing. */
const PAIRWISE = 8;

/** Whether no two items are equal. Linear in the size of the array beyond a few items, whatever is in it. */
export function unique(items: readonly unknown[]): boolean {
  const count = items.length;
  if (count < 2) return true;
  if (count <= PAIRWISE) {
    for (let i = 1; i < count; i++) for (let j = 0; j < i; j++) if (equal(items[i], items[j])) return false;
    return true;
  }
  const scalars = new Set<unknown>();
  const composed = new Set<string>();
  for (let index = 0; index < count; index++) {
    const item = items[index];
    if (typeof item === 'object' && item !== null) composed.add(canonical(item));
    else scalars.add(isNumeric(item) ? numericKey(item) : item);
    if (scalars.size + composed.size !== index + 1) return false;
  }
  return true;
}

/** The same text for equal values, another for different ones. */
function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isNumeric(value)) return String(numericKey(value));
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const parts: string[] = [];
  for (const key of presentKeys(value).sort())
    parts.push(`${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`);
  return `{${parts.join()}}`;
}

/** Properties that would be serialised: an undefined one is absent. */
function presentKeys(value: object): string[] {
  const keys = Object.keys(value);
  return keys.some((key) => (value as Record<string, unknown>)[key] === undefined)
    ? keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined)
    : keys;
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** One JavaScript value per mathematical value: a number where it is exact, else a bigint. */
function numericKey(value: number | bigint): number | bigint {
  if (typeof value === 'bigint')
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
  if (value === 0) return 0;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}
