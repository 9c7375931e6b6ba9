import { castellanOf, referredBy, subschemasAt, type Contract, type Location, type Schema } from '@castellan/contract';
import { classifyName } from '@castellan/meaning';

const hidden = new Set(['confidential', 'personal', 'secret']);
/** Schemas that are looked at for one answer, as a bound for those that contain each other. */
const maxVisits = 5000;

/**
 * Names of properties of an answer whose disclosure does harm: those that the document calls confidential, personal or secret, and
 * those whose names mean so, where it says nothing of them.
 */
export function sensitiveNames(contract: Contract, schema: Schema): ReadonlySet<string> {
  const search: Search = { contract, found: new Set(), seen: new Set() };
  collect(search, schema.location, schema.raw);
  return search.found;
}

interface Search {
  readonly contract: Contract;
  readonly found: Set<string>;
  readonly seen: Set<unknown>;
}

function collect(search: Search, location: Location, raw: unknown): void {
  if (typeof raw !== 'object' || raw === null || search.seen.has(raw) || search.seen.size > maxVisits) return;
  search.seen.add(raw);
  const schema = raw as Readonly<Record<string, unknown>>;
  const target = referredBy(search.contract, location, schema);
  if (target !== undefined) collect(search, target.location, target.value);
  for (const { place, key = '', raw: inner, location: at } of subschemasAt(location, schema)) {
    if (place === 'definition' || place === 'excluded' || place === 'name') continue;
    if (place === 'property') {
      const said = castellanOf(inner).sensitivity;
      if (said === undefined ? classifyName(key) !== undefined : hidden.has(said)) search.found.add(key);
    }
    collect(search, at, inner);
  }
  // What may be only `true` is no subschema, and has a name all the same.
  const { properties } = raw as { properties?: unknown };
  if (typeof properties === 'object' && properties !== null)
    for (const [name, inner] of Object.entries(properties))
      if (typeof inner === 'boolean' && classifyName(name) !== undefined) search.found.add(name);
}
