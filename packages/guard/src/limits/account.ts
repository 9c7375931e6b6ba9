import {
  referredBy,
  subschemasAt,
  type Contract,
  type Location,
  type Operation,
  type ValuePlace,
} from '@castellan/contract';
import { accountRank } from '@castellan/meaning';

/** Schemas that are looked at for one body, as a bound for those that contain each other. */
const maxVisits = 500;

/** What of a request may stand somewhere, by name: parameters and properties of the body, those in one object included. */
export function placesOf(contract: Contract, operation: Operation): readonly ValuePlace[] {
  const places = new Map<string, ValuePlace>();
  for (const { in: source, name } of operation.parameters)
    if (source === 'query' || source === 'path') places.set(`${source}.${name}`, { source, path: [name] });
  const search: Search = { contract, places, visits: 0 };
  for (const { schema } of operation.body?.content ?? [])
    if (schema !== undefined) collect(search, schema.location, schema.raw, []);
  return [...places.values()];
}

/**
 * Where a request names the account that it is about: what is named likeliest first (`username`, `email`, `phone`), the body
 * before parameters.
 */
export function accountPlaces(contract: Contract, operation: Operation): readonly ValuePlace[] {
  const ranked: (readonly [number, ValuePlace])[] = [];
  for (const place of placesOf(contract, operation)) {
    const rank = accountRank(place.path.at(-1) ?? '');
    // Below another object it is only this one's where nothing on the outside is.
    if (rank !== undefined)
      ranked.push([rank + 10 * (place.path.length - 1) + (place.source === 'body' ? 0 : 5), place]);
  }
  return ranked.toSorted(([a], [b]) => a - b).map(([, place]) => place);
}

interface Search {
  readonly contract: Contract;
  readonly places: Map<string, ValuePlace>;
  visits: number;
}

function collect(search: Search, location: Location, raw: unknown, path: readonly string[]): void {
  search.visits += 1;
  if (typeof raw !== 'object' || raw === null || search.visits > maxVisits) return;
  const schema = raw as Readonly<Record<string, unknown>>;
  const target = referredBy(search.contract, location, schema);
  if (target !== undefined) collect(search, target.location, target.value, path);
  for (const { place, key = '', raw: inner, location: at } of subschemasAt(location, schema)) {
    if (place === 'value') collect(search, at, inner, path);
    else if (place === 'property') {
      const below = [...path, key];
      search.places.set(`body.${below.join('.')}`, { source: 'body', path: below });
      if (below.length < 2) collect(search, at, inner, below);
    }
  }
}
