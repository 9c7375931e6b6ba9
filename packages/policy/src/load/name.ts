const pattern = /^[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*$/;
const reserved = new Set(['true', 'false', 'if', 'then', 'else', 'in', 'is', 'like', 'has', '__cedar']);
const known = new Set<string>();

/** Whether a text is the name of an entity type: identifiers joined by `::`, none of them a word of the language. */
export function isTypeName(text: string): boolean {
  if (known.has(text)) return true;
  if (!pattern.test(text) || text.split('::').some((part) => reserved.has(part))) return false;
  if (known.size < 10_000) known.add(text);
  return true;
}
