import { castellanOf, type Contract, type Location } from '@castellan/contract';
import type { SensitiveProperties } from '../explain/sensitive.ts';
import { entityTypeName } from './name.ts';

const hidden = new Set(['confidential', 'personal', 'secret']);

/** The properties of resources whose values explanations hide: those marked confidential, personal or secret. */
export function sensitiveProperties(contract: Contract): SensitiveProperties {
  const found = new Set<string>();
  for (const [type, { schema }] of contract.resources) {
    collect(contract, { location: schema.location, value: schema.raw }, entityTypeName(type), 0, found);
  }
  for (const schema of contract.schemas.values()) {
    const type = castellanOf(schema.raw).resource;
    if (type !== undefined)
      collect(contract, { location: schema.location, value: schema.raw }, entityTypeName(type), 0, found);
  }
  return found;
}

function collect(
  contract: Contract,
  at: { location: Location; value: unknown },
  path: string,
  depth: number,
  found: Set<string>,
): void {
  const { location, value } = follow(contract, at);
  if (depth > 4 || typeof value !== 'object' || value === null) return;
  const { properties, allOf } = value as { properties?: unknown; allOf?: unknown };
  if (Array.isArray(allOf)) {
    for (const part of allOf) collect(contract, { location, value: part }, path, depth + 1, found);
  }
  if (typeof properties !== 'object' || properties === null) return;
  for (const [name, property] of Object.entries(properties)) {
    const target = follow(contract, { location, value: property });
    const { sensitivity } = { ...castellanOf(target.value), ...castellanOf(property) };
    if (sensitivity !== undefined && hidden.has(sensitivity)) found.add(`${path}.${name}`);
    collect(contract, target, `${path}.${name}`, depth + 1, found);
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
