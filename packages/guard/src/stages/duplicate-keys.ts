/**
 * Whether an object in a JSON text has a key twice: the text then has more keys than its value.
 * @param value what `JSON.parse` makes of the text
 */
export function hasDuplicateKeys(text: string | Uint8Array, value: unknown): boolean {
  const json =
    typeof text === 'string' ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8');
  return keysInText(json) !== keysIn(value);
}

/** Colons outside of strings: one for each key. */
function keysInText(json: string): number {
  let keys = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === 0x3a) keys++;
    else if (code === 0x22) at = stringEnd(json, at + 1);
  }
  return keys;
}

/** The index of the quotation mark that ends a string. */
function stringEnd(json: string, from: number): number {
  for (let at = from; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return json.length;
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) keys += keysIn(item);
    return keys;
  }
  for (const name of Object.keys(value)) keys += 1 + keysIn((value as Record<string, unknown>)[name]);
  return keys;
}
