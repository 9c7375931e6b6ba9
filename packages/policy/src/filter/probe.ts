import { CastellanError } from '@castellan/contract';
import type { LoadedPolicies } from '../load/policies.ts';
import type { EntityTypeModel, SchemaModel } from '../load/schema.ts';
import { Decimal } from '../values/decimal.ts';
import { Entity, EntityRef, type EntitySource } from '../values/entity.ts';
import { IpAddress } from '../values/ip-address.ts';
import { CedarRecord } from '../values/record.ts';
import { CedarSet } from '../values/set.ts';
import type { RecordShape, Shape } from '../values/shape.ts';
import { Datetime, Duration } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import type { Leaf } from './condition.ts';
import { visitLeaves } from './partial.ts';

/**
 * Finds what of the policies for an action a store cannot be asked, before anybody calls: every question that some caller
 * could leave open is written once, for a caller of whom everything is known.
 * @param write writes one question in the store's language
 */
export function probe(
  loaded: LoadedPolicies,
  schema: SchemaModel,
  declared: EntitySource,
  action: EntityRef,
  type: string,
  write: (leaf: Leaf) => void,
): readonly CastellanError[] {
  const model = schema.actions.get(action.type)?.get(action.id);
  const problems = new Map<string, CastellanError>();
  for (const principalType of model?.principals ?? []) {
    const entities: EntitySource = (of, id) => sampleEntity(of, id, schema.entityTypes.get(of));
    const request = {
      principal: sampleEntity(principalType, 'someone', schema.entityTypes.get(principalType)),
      action,
      type,
      context: sampleRecord(model?.context),
      entities,
    };
    visitLeaves(loaded, schema, declared, request, (leaf) => {
      try {
        write(leaf);
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        const place = JSON.stringify(error.place ?? error.message);
        if (!problems.has(place)) problems.set(place, error);
      }
    });
  }
  return [...problems.values()];
}

function sampleEntity(type: string, id: string, model: EntityTypeModel | undefined): Entity {
  const parents = [...(model?.parents ?? [])].filter((parent) => parent !== type);
  return new Entity(
    type,
    id,
    sampleRecord(model?.attributes),
    parents.map((parent) => new EntityRef(parent, 'some')),
  );
}

function sampleRecord(shape: RecordShape | undefined): CedarRecord {
  if (shape === undefined) return CedarRecord.empty;
  const names = [...shape.attributes.keys()];
  return new CedarRecord(
    names,
    [...shape.attributes.values()].map((attribute) => sample(attribute.shape)),
  );
}

function sample(shape: Shape): Value {
  switch (shape.kind) {
    case 'bool':
      return true;
    case 'string':
      return 'text';
    case 'long':
      return 1;
    case 'decimal':
      return Decimal.parse('1.0');
    case 'ipaddr':
      return IpAddress.parse('192.0.2.1');
    case 'datetime':
      return new Datetime(1_700_000_000_000);
    case 'duration':
      return new Duration(1000);
    case 'entity':
      return new EntityRef(shape.type, 'some');
    case 'set':
      return new CedarSet(shape.of === undefined ? [] : [sample(shape.of)]);
    case 'record':
      return sampleRecord(shape);
  }
}
