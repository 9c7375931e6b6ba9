import { castellanOf, subschemasOf, type Contract, type Location } from '@castellan/contract';
import type { SensitiveProperties } from '../explain/sensitive.ts';
import { entityTypeName } from './name.ts';

const hidden = new Set(['confidential', 'personal', 'secret']);

/** The properties of resources whose values explanations hide: those marked confidential, personal or secret. */
export function sensitiveProperties(contract: Contract): SensitiveProperties {
  const found = new Set<string>();
  for (const [type, { schema }] of contract.resources) {
    collect(contract, { location: schema.location, value: schema.raw }, entityTypeName(type), [], found);
  }
  for (const schema of contract.schemas.values()) {
    const type = castellanOf(schema.raw).resource;
    if (type !== undefined)
      collect(contract, { location: schema.location, value: schema.raw }, entityTypeName(type), [], found);
  }
  return found;
}

/** Nested objects are looked into down to here. */
const deepest = 12;

/** What stands in lists and maps counts as what the property that holds them holds. */
function collect(
  contract: Contract,
  at: { location: Location; value: unknown },
  path: string,
  above: readonly unknown[],
  found: Set<string>,
): void {
  const { location, value } = follow(contract, at);
  if (above.includes(value) || above.length > deepest || typeof value !== 'object' || value === null) return;
  for (const { place, key, raw, pointer } of subschemasOf(value as Readonly<Record<string, unknown>>)) {
    if (place === 'definition' || place === 'excluded' || place === 'name') continue;
    const part = { location: { ...location, pointer: location.pointer + pointer }, value: raw };
    const inner = place === 'property' ? `${path}.${key ?? ''}` : path;
    const { sensitivity } = { ...castellanOf(follow(contract, part).value), ...castellanOf(raw) };
    if (place !== 'value' && sensitivity !== undefined && hidden.has(sensitivity)) found.add(inner);
    collect(contract, part, inner, [...above, value], found);
  }
}

function follow(
  contract: Contract,
  at: { location: Location; value: unknown },
): { location: Location; value: unknown } {
  const { value } = at;
  if (typeof value !== 'object' || value === null) return at;
  const { $ref } = value as { $ref?: unknown };
  return typeof $ref === 'string' ? contract.resolve(at.location, $ref) : at;
}
