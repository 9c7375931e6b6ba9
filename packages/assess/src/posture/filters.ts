import { subschemasOf, type Contract, type Operation } from '@castellan/contract';
import type { Field, Raw } from './fields.ts';
import { listedObjects } from './lists.ts';
import { exports, namesOf, plain, searches, wordsOf } from '@castellan/meaning';

/** Words that say how a filter compares: `host__contains`, `days_gte`, `filter[url]`. */
const COMPARES =
  /^(?:filter|filters|where|eq|ne|neq|lt|lte|gt|gte|in|nin|not|contains|icontains|startswith|endswith|exact|iexact|like|min|max|isnull)$/;

const known = new WeakMap<Operation, ReadonlySet<string>>();

/**
 * Whether a query parameter narrows a list by a property of what it lists: `GET /users?is_superuser=true`. Its value is
 * compared with what is stored; nothing is done with it, and nobody is made a superuser by it.
 */
export function isFilter(contract: Contract, { parameter, name, writtenBy }: Field): boolean {
  if (parameter?.in !== 'query' || writtenBy.length === 0) return false;
  const whole = wordsOf(name);
  const words = whole.filter((word) => !COMPARES.test(word));
  return writtenBy.every((operation) => {
    const names = listedNames(contract, operation);
    return names.has(plain(name)) || (words.length > 0 && words.length < whole.length && names.has(words.join('')));
  });
}

/** Names of the properties of what an operation lists; of an export and a search, what the list above it holds. */
function listedNames(contract: Contract, operation: Operation): ReadonlySet<string> {
  let names = known.get(operation);
  if (names !== undefined) return names;
  const found = new Set<string>();
  for (const list of listsOf(contract, operation))
    for (const raw of listedObjects(contract, list)) for (const name of propertiesOf(raw)) found.add(plain(name));
  known.set(operation, (names = found));
  return names;
}

function listsOf(contract: Contract, operation: Operation): readonly Operation[] {
  if (operation.method === 'GET') return [operation];
  const names = namesOf(operation);
  if (operation.method !== 'POST' || (!searches(names) && !exports(names))) return [];
  const above = operation.path.replace(/\/$/, '').replace(/[/:][^/:]*$/, '');
  return [
    operation,
    ...contract.operations.filter(({ method, path }) => method === 'GET' && path.replace(/\/$/, '') === above),
  ];
}

function propertiesOf(raw: Raw): readonly string[] {
  return subschemasOf(raw).flatMap(({ place, key }) => (place === 'property' && key !== undefined ? [key] : []));
}
