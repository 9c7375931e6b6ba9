import type { EntityTypeModel, SchemaModel } from '../load/schema.ts';
import { Entity, type EntityRef, type EntitySource } from './entity.ts';
import { plainRecord, recordFromJson, uidFromJson } from './from-json.ts';
import { Malformed } from './malformed.ts';
import { CedarRecord } from './record.ts';

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

/**
 * Reads entities in Cedar's JSON form.
 * @throws Malformed when one is malformed, differs from the schema, is given twice differently, or is in itself
 */
export function entitiesFromJson(json: readonly EntityJson[], schema?: SchemaModel): EntitySource {
  if (!Array.isArray(json)) throw new Malformed('entities is no list');
  const list: Entity[] = [];
  for (const item of json) list.push(entityFromJson(item, schema));
  const source = sourceOf(list, schema);
  checkHierarchy(list, source, schema);
  return source;
}

function entityFromJson(json: EntityJson, schema: SchemaModel | undefined): Entity {
  if (typeof json !== 'object' || json === null) throw new Malformed('an entity is no object');
  const ref = uidFromJson(json.uid);
  try {
    return withAttributes(ref, json, schema);
  } catch (error) {
    throw error instanceof Malformed ? error.within(String(ref)) : error;
  }
}

function withAttributes(ref: EntityRef, json: EntityJson, schema: SchemaModel | undefined): Entity {
  const { attrs, parents: parentsJson, tags: tagsJson } = json;
  if (!Array.isArray(parentsJson)) throw new Malformed("it has no list 'parents'", 'give an empty one');
  if (typeof attrs !== 'object' || attrs === null) throw new Malformed("it has no 'attrs'", 'give an empty object');
  const parents = (parentsJson as unknown[]).map(uidFromJson);
  const model = schema === undefined ? undefined : modelOf(ref, schema);
  const attributes = model === undefined ? plainRecord(attrs, undefined) : recordFromJson(attrs, model.attributes);
  let tags = CedarRecord.empty;
  if (tagsJson !== undefined) {
    if (model !== undefined && model.tags === undefined && Object.keys(tagsJson).length > 0) {
      throw new Malformed('it has tags', `the schema gives none to ${ref.type}`);
    }
    tags = plainRecord(tagsJson, model?.tags);
  }
  if (isAction(ref.type)) {
    const other = parents.find((parent) => !isAction(parent.type));
    if (other !== undefined) throw new Malformed(`it is in ${other}`, 'actions are in actions only');
  }
  return new Entity(ref.type, ref.id, attributes, parents, tags);
}

const isAction = (type: string) => type === 'Action' || type.endsWith('::Action');

function modelOf(ref: EntityRef, schema: SchemaModel): EntityTypeModel | undefined {
  const model = schema.entityTypes.get(ref.type);
  if (model === undefined) {
    if (schema.actions.get(ref.type)?.has(ref.id) === true) return undefined;
    throw new Malformed('the schema has no such type or action', 'correct it or add it to the schema');
  }
  if (model.ids !== undefined && !model.ids.has(ref.id)) {
    throw new Malformed("it is none of the schema's", `use one of ${[...model.ids].join(', ')}`);
  }
  return model;
}

/** A few are looked through; many are indexed. */
function sourceOf(list: Entity[], schema: SchemaModel | undefined): EntitySource {
  const actions = schema?.actions;
  const declared: EntitySource = (type, id) => actions?.get(type)?.get(id)?.entity;
  if (list.length <= 8) {
    for (let i = 1; i < list.length; i++) {
      for (let j = 0; j < i; j++) {
        const [one, other] = [list[i], list[j]];
        if (one !== undefined && other !== undefined && one.id === other.id) checkTwice(one, other);
      }
    }
    return (type, id) => {
      for (const entity of list) if (entity.id === id && entity.type === type) return entity;
      return declared(type, id);
    };
  }
  const index = new Map<string, Map<string, Entity>>();
  for (const entity of list) {
    let ids = index.get(entity.type);
    if (ids === undefined) index.set(entity.type, (ids = new Map()));
    const other = ids.get(entity.id);
    if (other !== undefined) checkTwice(entity, other);
    ids.set(entity.id, entity);
  }
  return (type, id) => index.get(type)?.get(id) ?? declared(type, id);
}

function checkTwice(one: Entity, other: Entity): void {
  if (one.type !== other.type) return;
  const names = (entity: Entity) => [...new Set(entity.parents.map((parent) => parent.key()))].sort().join();
  if (one.attributes.equals(other.attributes) && one.tags.equals(other.tags) && names(one) === names(other)) return;
  throw new Malformed(`${one} is given twice`, 'give each entity once');
}

/** No entity is in itself; each is only in what the schema lets it be in; actions are as the schema has them. */
function checkHierarchy(list: readonly Entity[], source: EntitySource, schema: SchemaModel | undefined): void {
  const done = new Set<Entity>();
  const open = new Set<Entity>();
  const visit = (entity: Entity): void => {
    if (done.has(entity)) return;
    if (open.has(entity)) throw new Malformed(`${entity} is in itself`, 'remove the cycle from the parents');
    if (open.size > 1000) throw new Malformed(`${entity} is in more than 1000 levels`, 'flatten the hierarchy');
    open.add(entity);
    for (const parent of entity.parents) {
      const known = source(parent.type, parent.id);
      if (known !== undefined && known.parents.length > 0) visit(known);
    }
    open.delete(entity);
    done.add(entity);
  };
  for (const entity of list) {
    if (entity.parents.length === 0) continue;
    if (entity.parents.some((parent) => parent.equals(entity))) {
      throw new Malformed(`${entity} is in itself`, 'remove it from its parents');
    }
    if (entity.parents.some((parent) => (source(parent.type, parent.id)?.parents.length ?? 0) > 0)) visit(entity);
    if (schema !== undefined) checkParents(entity, schema);
  }
  if (schema !== undefined) checkActions(list, schema);
}

function checkParents(entity: Entity, schema: SchemaModel): void {
  const model = schema.entityTypes.get(entity.type);
  const other = model === undefined ? undefined : entity.parents.find(({ type }) => !model.ancestors.has(type));
  if (other === undefined) return;
  throw new Malformed(`${entity} is in ${other}`, `the schema does not let ${entity.type} be in ${other.type}`);
}

function checkActions(list: readonly Entity[], schema: SchemaModel): void {
  for (const entity of list) {
    const declared = schema.actions.get(entity.type)?.get(entity.id)?.entity;
    if (declared === undefined) continue;
    const closure = new Set<string>();
    const open = [...entity.parents];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (closure.has(next.key())) continue;
      closure.add(next.key());
      const { type, id } = next;
      open.push(...(list.find((other) => other.id === id && other.type === type)?.parents ?? []));
    }
    const wanted = declared.parents.map((parent) => parent.key());
    const differs = wanted.length !== closure.size || wanted.some((key) => !closure.has(key));
    if (differs || entity.attributes.entries().length > 0) {
      throw new Malformed(`${entity} is not as the schema has it`, 'leave it out of the entities');
    }
  }
}
