import type { CedarRecord } from '../values/record.ts';
import { Entity, EntityRef, type EntitySource } from '../values/entity.ts';

/** One question, in the form that compiled policies read. */
export interface Evaluation {
  readonly principal: EntityRef;
  readonly action: EntityRef;
  readonly resource: EntityRef;
  readonly context: CedarRecord;
  readonly entities: EntitySource | undefined;
  /** Entities of the schema: its actions. */
  readonly declared: EntitySource;
  /** Everything that an entity is in, directly or not, once it was needed. */
  closures: Map<Entity, Closure> | undefined;
}

/** Entities by type, then id. */
export type Closure = ReadonlyMap<string, ReadonlySet<string>>;

/** What is known about an entity, if anything. */
export function find(request: Evaluation, ref: EntityRef): Entity | undefined {
  if (ref instanceof Entity) return ref;
  const { principal, resource } = request;
  if (principal instanceof Entity && ref.id === principal.id && ref.type === principal.type) return principal;
  if (resource instanceof Entity && ref.id === resource.id && ref.type === resource.type) return resource;
  return request.entities?.(ref.type, ref.id) ?? request.declared(ref.type, ref.id);
}

/** Cedar's `in`: the same entity, or a descendant of it. */
export function isIn(request: Evaluation, ref: EntityRef, type: string, id: string): boolean {
  if (ref.id === id && ref.type === type) return true;
  const entity = find(request, ref);
  if (entity === undefined) return false;
  const { parents } = entity;
  if (parents.length === 0) return false;
  if (parents.length <= 16) {
    for (const parent of parents) if (parent.id === id && parent.type === type) return true;
    if (!parents.some((parent) => (find(request, parent)?.parents.length ?? 0) > 0)) return false;
  }
  return ancestors(request, entity).get(type)?.has(id) ?? false;
}

/** Everything that an entity is in, itself left out (unless the hierarchy has a cycle). */
export function ancestors(request: Evaluation, entity: Entity): Closure {
  request.closures ??= new Map();
  const known = request.closures.get(entity);
  if (known !== undefined) return known;
  const closure = new Map<string, Set<string>>();
  const open: EntityRef[] = [...entity.parents];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    let ids = closure.get(next.type);
    if (ids === undefined) closure.set(next.type, (ids = new Set()));
    if (ids.has(next.id)) continue;
    ids.add(next.id);
    const parent = find(request, next);
    if (parent !== undefined) for (const grandparent of parent.parents) open.push(grandparent);
  }
  request.closures.set(entity, closure);
  return closure;
}

/** Knows no entity. */
export const noEntities: EntitySource = () => undefined;
