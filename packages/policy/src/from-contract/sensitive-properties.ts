import { castellanOf, type Contract, type Location } from '@castellan/contract';
import type { SensitiveProperties } from '../explain/sensitive.ts';
import { entityTypeName } from './name.ts';

const hidden = new Set(['confidential', 'personal', 'secret']);

/**
 * The properties of resources whose values explanations hide: those marked confidential, personal or secret, and those that
 * only some may read; also where it is their items or parts that are.
 */
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
    if (isHidden(contract, { location, value: property }, 0)) found.add(`${path}.${name}`);
    collect(contract, target, `${path}.${name}`, depth + 1, found);
  }
}

/** Keywords whose schemas are those of the value itself, or of its items and parts that no path of a policy names. */
const within = [
  'allOf',
  'anyOf',
  'oneOf',
  'prefixItems',
  'items',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
];

function isHidden(contract: Contract, at: { location: Location; value: unknown }, depth: number): boolean {
  const { sensitivity, read } = castellanOf(at.value);
  if (read !== undefined || (sensitivity !== undefined && hidden.has(sensitivity))) return true;
  const target = follow(contract, at);
  if (typeof target.value !== 'object' || target.value === null) return false;
  // What goes deeper than anybody reads is not shown.
  if (depth > 6) return true;
  if (target.value !== at.value && isHidden(contract, target, depth + 1)) return true;
  return within.some((keyword) => {
    const value = (target.value as Readonly<Record<string, unknown>>)[keyword];
    return [value].flat().some((one) => isHidden(contract, { location: target.location, value: one }, depth + 1));
  });
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
