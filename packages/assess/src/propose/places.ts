import type { Contract, Location, Operation } from '@castellan/contract';
import { readFields, type Shape } from '../posture/fields.ts';
import type { Parameter } from './rules.ts';

/**
 * Where a property of a resource's schemas is written (`userId`, `owner.id`). Beside a reference, what is said counts only in
 * OpenAPI 3.1, so that what holds a property is followed to where it is described.
 */
export function propertyLocations(contract: Contract, type: string, property: string): Location[] {
  const resource = contract.resources.get(type);
  const { shapes } = readFields(contract);
  const own = resource?.schema.location;
  const [first = '', second] = property.split('.');
  const found = new Map<string, Location>();
  for (const shape of shapes) {
    const { location } = shape.node;
    const isOwn =
      own !== undefined && (location.pointer === own.pointer || location.pointer.startsWith(`${own.pointer}/`));
    if (!isOwn && shape.name !== type) continue;
    for (const field of shape.fields) {
      if (field.kind !== 'property' || field.name !== first) continue;
      if (second === undefined) found.set(field.location.pointer, field.location);
      else for (const at of inside(shapes, field.target.location, second)) found.set(at.pointer, at);
    }
  }
  return [...found.values()];
}

function inside(shapes: readonly Shape[], location: Location, property: string): Location[] {
  return shapes
    .filter(({ node }) => node.location.pointer === location.pointer && node.location.document === location.document)
    .flatMap(({ fields }) => fields.filter(({ kind, name }) => kind === 'property' && name === property))
    .map((field) => field.location);
}

/** Where the schema of a parameter is written. */
export function parameterLocations(operation: Operation, { in: place, name }: Parameter): Location[] {
  const schema = operation.parameters.find((one) => one.in === place && one.name === name)?.schema;
  return schema === undefined ? [] : [schema.location];
}
