import type { Operation } from '@castellan/contract';

/** `getThing`, or `getThing and 12 more`. */
export function named(operations: Iterable<Operation>): string {
  const [first, ...rest] = operations;
  if (first === undefined) return '';
  const name = `${first.method} ${first.path}`;
  return rest.length === 0 ? name : `${name} and ${rest.length} more`;
}

/** `1 operation`, `12 operations`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `1 operation has`, `2 operations have`: the noun with its verb. */
export function counted(number: number, noun: string, one: string, several: string): string {
  return `${count(number, noun)} ${number === 1 ? one : several}`;
}

/** `a, b, c and 4 more`: at most so many names. */
export function list(names: readonly string[], most = 5): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
