import type { Contract, Location } from '@castellan/contract';
import { readFields } from '../posture/fields.ts';

/**
 * Where a property of a resource's schemas is written, in the root document: beside a reference, what is said there counts only
 * in OpenAPI 3.1, so that those are left out before.
 */
export function propertyLocations(contract: Contract, type: string, property: string): Location[] {
  const resource = contract.resources.get(type);
  const { shapes } = readFields(contract);
  const own = resource?.schema.location;
  const found = new Map<string, Location>();
  for (const shape of shapes) {
    const { location } = shape.node;
    const isOwn =
      own !== undefined && (location.pointer === own.pointer || location.pointer.startsWith(`${own.pointer}/`));
    if (!isOwn && shape.name !== type) continue;
    for (const field of shape.fields)
      if (field.kind === 'property' && field.name === property) found.set(field.location.pointer, field.location);
  }
  return [...found.values()];
}
