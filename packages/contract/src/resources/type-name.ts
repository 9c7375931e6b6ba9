/** A type's name from a path segment: `documents` to `Document`, `price-lists` to `PriceList`. */
export function typeName(segment: string): string {
  const words = segment.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const last = words.pop() ?? '';
  return [...words, singular(last)].map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function singular(word: string): string {
  if (/[^aeiou]ies$/i.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|tus|sh|ch|x|zz)es$/i.test(word)) return word.slice(0, -2);
  return /[^s]s$/i.test(word) ? word.slice(0, -1) : word;
}
