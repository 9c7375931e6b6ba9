import type { EntityTypeModel, SchemaModel } from '../load/schema.ts';
import { Entity, EntityRef, type EntitySource } from './entity.ts';
import { badRequest, fromJson, recordFromJson, uidFromJson } from './from-json.ts';
import { CedarRecord } from './record.ts';
import type { Shape } from './shape.ts';
import type { Value } from './value.ts';

/** An entity in Cedar's JSON form. */
export interface EntityJson {
  readonly uid: UidInput;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly parents: readonly UidInput[];
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** The name of an entity in either of Cedar's JSON forms. */
export type UidInput =
  | { readonly type: string; readonly id: string }
  | { readonly __entity: { readonly type: string; readonly id: string } };

type Index = Map<string, Map<string, Entity>>;

/**
 * Reads entities in Cedar's JSON form.
 * @throws CastellanError `bad-request` when one is malformed, differs from the schema, is given twice differently, or is
 * in itself
 */
export function entitiesFromJson(json: readonly EntityJson[], schema?: SchemaModel): EntitySource {
  if (!Array.isArray(json)) throw badRequest('entities is no list');
  const index: Index = new Map();
  for (const item of json) {
    const entity = entityFromJson(item, schema);
    let ids = index.get(entity.type);
    if (ids === undefined) index.set(entity.type, (ids = new Map()));
    const other = ids.get(entity.id);
    if (other !== undefined && !same(entity, other))
      throw badRequest(`${entity} is given twice`, 'give each entity once');
    ids.set(entity.id, entity);
  }
  const source: EntitySource = (type, id) => index.get(type)?.get(id) ?? schema?.actions.get(type)?.get(id)?.entity;
  checkHierarchy(index, source, schema);
  return source;
}

function entityFromJson(json: EntityJson, schema: SchemaModel | undefined): Entity {
  if (typeof json !== 'object' || json === null) throw badRequest('an entity is no object');
  const { type, id } = uidFromJson(json.uid, "an entity's uid");
  const name = `${type}::${JSON.stringify(id)}`;
  if (!Array.isArray(json.parents)) throw badRequest(`${name} has no list 'parents'`, 'give an empty one');
  if (typeof json.attrs !== 'object' || json.attrs === null)
    throw badRequest(`${name} has no 'attrs'`, 'give an empty object');
  const parents = json.parents.map((parent: unknown) => uidFromJson(parent, `a parent of ${name}`));
  const model = schema === undefined ? undefined : modelOf(type, id, schema);
  const attributes =
    model === undefined ? plainRecord(json.attrs, undefined, name) : recordFromJson(json.attrs, model.attributes, name);
  if (model !== undefined && model.tags === undefined && Object.keys(json.tags ?? {}).length > 0) {
    throw badRequest(`${name} has tags`, `the schema gives none to ${type}`);
  }
  const tags = json.tags === undefined ? CedarRecord.empty : plainRecord(json.tags, model?.tags, `${name} tag`);
  checkAction(type, name, parents);
  return new Entity(type, id, attributes, parents, tags);
}

function plainRecord(json: Readonly<Record<string, unknown>>, shape: Shape | undefined, where: string): CedarRecord {
  const fields = new Map<string, Value>();
  for (const name of Object.keys(json)) {
    const value = json[name];
    if (value !== undefined) fields.set(name, fromJson(value, shape, where));
  }
  return fields.size === 0 ? CedarRecord.empty : new CedarRecord(fields);
}

function modelOf(type: string, id: string, schema: SchemaModel): EntityTypeModel | undefined {
  const model = schema.entityTypes.get(type);
  if (model === undefined) {
    if (schema.actions.get(type)?.has(id) === true) return undefined;
    throw badRequest(
      `${type}::${JSON.stringify(id)} has a type that the schema has not`,
      'correct the type or add it to the schema',
    );
  }
  if (model.ids !== undefined && !model.ids.has(id)) {
    throw badRequest(
      `${type}::${JSON.stringify(id)} is none of the schema's`,
      `use one of ${[...model.ids].join(', ')}`,
    );
  }
  return model;
}

const isAction = (type: string) => type === 'Action' || type.endsWith('::Action');

function checkAction(type: string, name: string, parents: readonly EntityRef[]): void {
  const other = isAction(type) ? parents.find((parent) => !isAction(parent.type)) : undefined;
  if (other !== undefined) throw badRequest(`the action ${name} is in ${other}`, 'actions are in actions only');
}

function same(one: Entity, other: Entity): boolean {
  const names = (entity: Entity) =>
    entity.parents
      .map((parent) => parent.key())
      .sort()
      .join();
  return one.attributes.equals(other.attributes) && one.tags.equals(other.tags) && names(one) === names(other);
}

/** No entity is in itself; each is only in what the schema lets it be in; actions are as the schema has them. */
function checkHierarchy(index: Index, source: EntitySource, schema: SchemaModel | undefined): void {
  const done = new Set<Entity>();
  const open = new Set<Entity>();
  const visit = (entity: Entity): void => {
    if (done.has(entity)) return;
    if (open.has(entity)) throw badRequest(`${entity} is in itself`, 'remove the cycle from the parents');
    if (open.size > 1000) throw badRequest(`${entity} is in more than 1000 levels`, 'flatten the hierarchy');
    open.add(entity);
    for (const parent of entity.parents) {
      const known = source(parent.type, parent.id);
      if (known === entity) throw badRequest(`${entity} is in itself`, 'remove it from its parents');
      if (known !== undefined) visit(known);
      else if (parent.equals(entity)) throw badRequest(`${entity} is in itself`, 'remove it from its parents');
    }
    open.delete(entity);
    done.add(entity);
    if (schema !== undefined) checkParents(entity, schema);
  };
  for (const ids of index.values()) for (const entity of ids.values()) if (entity.parents.length > 0) visit(entity);
  if (schema !== undefined) checkActions(index, schema);
}

function checkParents(entity: Entity, schema: SchemaModel): void {
  const model = schema.entityTypes.get(entity.type);
  const other = model === undefined ? undefined : entity.parents.find(({ type }) => !model.ancestors.has(type));
  if (other !== undefined)
    throw badRequest(`${entity} is in ${other}`, `the schema does not let ${entity.type} be in ${other.type}`);
}

function checkActions(index: Index, schema: SchemaModel): void {
  for (const [type, actions] of schema.actions) {
    for (const entity of index.get(type)?.values() ?? []) {
      const declared = actions.get(entity.id)?.entity;
      const closure = new Set<string>();
      const open = [...entity.parents];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (closure.has(next.key())) continue;
        closure.add(next.key());
        open.push(...(index.get(next.type)?.get(next.id)?.parents ?? []));
      }
      const wanted = declared?.parents.map((parent) => parent.key()) ?? [];
      if (
        wanted.length !== closure.size ||
        wanted.some((key) => !closure.has(key)) ||
        entity.attributes.entries().size > 0
      ) {
        throw badRequest(`${entity} is not as the schema has it`, 'leave it out of the entities');
      }
    }
  }
}
