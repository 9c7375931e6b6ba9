import {
  castellanOf,
  referredBy,
  subschemasAt,
  type Contract,
  type Location,
  type Operation,
  type Schema,
} from '@castellan/contract';
import type { SensitiveProperties } from '../explain/sensitive.ts';
import { entityTypeName } from './name.ts';

const hidden = new Set(['confidential', 'personal', 'secret']);

/** Properties within properties that are looked into; what is deeper is hidden. */
const maxDepth = 8;
/** Schemas that are looked at for one type, as a bound for those that contain each other. */
const maxVisits = 20_000;

/**
 * The properties of resources, and of what requests carry (`context.query.pin`, `context.body.pin`), whose values explanations
 * hide: those marked confidential, personal or secret, those that only some may read, and those that hold such values in
 * lists, maps, alternatives and conditions.
 */
export function sensitiveProperties(contract: Contract): SensitiveProperties {
  const found = new Set<string>();
  const types: [type: string, at: Place][] = [...contract.resources].map(([type, { schema }]) => [
    type,
    { location: schema.location, value: schema.raw },
  ]);
  for (const schema of contract.schemas.values()) {
    const type = castellanOf(schema.raw).resource;
    if (type !== undefined) types.push([type, { location: schema.location, value: schema.raw }]);
  }
  for (const [type, at] of types) collect({ contract, found, visits: 0, seen: new Map() }, at, entityTypeName(type), 0);
  if (contract.extended) for (const operation of contract.operations) collectRequest(contract, operation, found);
  return found;
}

function collectRequest(contract: Contract, operation: Operation, found: Set<string>): void {
  const search: Search = { contract, found, visits: 0, seen: new Map() };
  const look = (schema: Schema | undefined, path: string): void => {
    if (schema !== undefined) collect(search, { location: schema.location, value: schema.raw }, path, 1);
  };
  for (const { schema } of operation.body?.content ?? []) look(schema, 'context.body');
  for (const { in: place, name, schema, content, castellan } of operation.parameters) {
    // Header parameters have two names in a policy: as the document writes it, and in small letters.
    for (const spelt of place === 'header' ? [name, name.toLowerCase()] : [name]) {
      const path = `context.${place}.${spelt}`;
      if (castellan.sensitivity !== undefined && hidden.has(castellan.sensitivity)) found.add(path);
      look(schema ?? content?.schema, path);
    }
  }
}

interface Place {
  readonly location: Location;
  readonly value: unknown;
}

interface Search {
  readonly contract: Contract;
  readonly found: Set<string>;
  visits: number;
  /** What was looked at, by path. */
  readonly seen: Map<string, Set<unknown>>;
}

/**
 * @param depth how many properties stand above; the schema of a type itself has none
 * @param said whether what refers to this schema says how sensitive it is: that counts before what it says itself
 */
function collect(search: Search, at: Place, path: string, depth: number, said = false): void {
  const { contract, found, seen } = search;
  if (typeof at.value !== 'object' || at.value === null) return;
  const { sensitivity, read } = castellanOf(at.value);
  if (depth > 0 && (read !== undefined || (!said && sensitivity !== undefined && hidden.has(sensitivity))))
    found.add(path);
  let known = seen.get(path);
  if (known === undefined) seen.set(path, (known = new Set()));
  if (known.has(at.value)) return;
  known.add(at.value);
  search.visits += 1;
  if (depth > maxDepth || search.visits > maxVisits) {
    found.add(path);
    return;
  }
  const raw = at.value as Readonly<Record<string, unknown>>;
  const target = referredBy(contract, at.location, raw);
  if (target !== undefined) collect(search, target, path, depth, said || sensitivity !== undefined);
  for (const { place, key, raw: value, location } of subschemasAt(at.location, raw)) {
    if (place === 'definition' || place === 'excluded' || place === 'name') continue;
    const inside = { location, value };
    if (place === 'property') collect(search, inside, `${path}.${key ?? ''}`, depth + 1);
    else collect(search, inside, path, depth);
  }
}
