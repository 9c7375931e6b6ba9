import type { Operation } from '@castellan/contract';
import type { Field } from './fields.ts';

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

/** A field by where it stands, whatever stands before it: `email in /components/schemas/User`, `query email of GET /users`. */
export function pathOf({ parameter, name, node, writtenBy }: Field): string {
  if (parameter === undefined) return `${name} in ${node.location.pointer.replace(/\/properties\/[^/]*$/, '')}`;
  const [first] = writtenBy;
  const shared = parameter.location.pointer.startsWith('/components/') || first === undefined;
  return `${parameter.in} ${name} of ${shared ? parameter.location.pointer : `${first.method} ${first.path}`}`;
}
