import type { ScopeJson, UidJson } from '../load/est.ts';
import type { ActionModel, SchemaModel } from '../load/schema.ts';

/** Whether an entity of a type can satisfy one part of a head. */
export function mayBe(scope: ScopeJson, name: string, schema: SchemaModel): boolean {
  if (scope.op === 'All') return true;
  const within = (uid: UidJson | undefined): boolean => {
    if (uid === undefined) return true;
    const { type } = plain(uid);
    return type === name || schema.entityTypes.get(name)?.ancestors.has(type) === true;
  };
  if (scope.op === 'is') return scope.entity_type === name && within(scope.in?.entity);
  if (scope.op === '==') return scope.entity === undefined || plain(scope.entity).type === name;
  return (scope.entities ?? [scope.entity]).some(within);
}

/** The actions that the head of a policy is about, groups left out. */
export function actionsOf(scope: ScopeJson, schema: SchemaModel): readonly ActionModel[] {
  const all = [...schema.actions.values()]
    .flatMap((ids) => [...ids.values()])
    .filter(({ resources }) => resources.size > 0);
  if (scope.op === 'All' || scope.op === 'is') return all;
  const named = scope.op === 'in' ? (scope.entities ?? [scope.entity]) : [scope.entity];
  const keys = new Set(named.flatMap((uid) => (uid === undefined ? [] : [keyOf(plain(uid))])));
  return all.filter(({ entity }) =>
    [entity, ...(scope.op === 'in' ? entity.parents : [])].some((ref) => keys.has(keyOf(ref))),
  );
}

const keyOf = ({ type, id }: UidJson): string => `${type} ${id}`;

/** The two forms of an entity in a head. */
export function plain(uid: UidJson | { readonly __entity: UidJson }): UidJson {
  return '__entity' in uid ? uid.__entity : uid;
}
