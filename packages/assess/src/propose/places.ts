import type { Contract, Location, Operation } from '@castellan/contract';
import { readFields, type Field, type Shape } from '../posture/fields.ts';
import type { Parameter } from './rules.ts';

/**
 * Where a property of a resource's schemas is written (`userId`, `owner.id`). Beside a reference, what is said counts only in
 * OpenAPI 3.1, so that what holds a property is followed to where it is described.
 */
export function propertyLocations(contract: Contract, type: string, property: string): Location[] {
  const resource = contract.resources.get(type);
  const { shapes } = readFields(contract);
  const own = resource?.schema.location;
  const [first = '', ...more] = property.split('.');
  const found = new Map<string, Location>();
  for (const shape of shapes) {
    const { location } = shape.node;
    const isOwn =
      own !== undefined && (location.pointer === own.pointer || location.pointer.startsWith(`${own.pointer}/`));
    if (!isOwn && shape.name !== type) continue;
    for (const field of shape.fields) {
      if (field.kind !== 'property' || field.name !== first) continue;
      for (const at of inside(shapes, field, more)) found.set(at.pointer, at);
    }
  }
  return [...found.values()];
}

function inside(shapes: readonly Shape[], field: Field, [next, ...more]: readonly string[]): Location[] {
  if (next === undefined) return [field.location];
  const { location } = field.target;
  return shapes
    .filter(({ node }) => node.location.pointer === location.pointer && node.location.document === location.document)
    .flatMap(({ fields }) => fields.filter(({ kind, name }) => kind === 'property' && name === next))
    .flatMap((one) => inside(shapes, one, more));
}

/** Where the schema of a parameter is written. */
export function parameterLocations(operation: Operation, { in: place, name }: Parameter): Location[] {
  const schema = operation.parameters.find((one) => one.in === place && one.name === name)?.schema;
  return schema === undefined ? [] : [schema.location];
}
