import type { PolicyJson, ScopeJson, UidJson } from '../load/est.ts';
import type { PolicySet } from '../policy-set.ts';

/** A policy that can speak of an action on some type. */
export interface Speaker {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** What its head says of the principal: `anyone`, `User`, `in Group::"staff"`, `User::"ada"`. */
  readonly who: string;
  /** Whether it asks for more than its head says. */
  readonly conditional: boolean;
}

/**
 * The policies whose heads fit an action on one of its types, in their order: what can decide on it.
 * @param types Cedar entity types that the action is asked about
 */
export function speakersOf(set: PolicySet, actionId: string, types: readonly string[]): Speaker[] {
  const action = set.schema?.actions.get('Action')?.get(actionId)?.entity;
  const names = new Set([actionId, ...(action?.parents ?? []).map(({ id }) => id)]);
  return set.loaded.policies.flatMap(({ id, json }): Speaker[] => {
    const isAbout = fitsAction(json, actionId, names) && types.some((type) => fitsType(set, json, type));
    if (!isAbout) return [];
    return [{ id, effect: json.effect, who: whoIn(json.principal), conditional: json.conditions.length > 0 }];
  });
}

function fitsAction({ action }: PolicyJson, own: string, names: ReadonlySet<string>): boolean {
  if (action.op === 'All') return true;
  if (action.op === 'is') return false;
  if (action.op === '==') return action.entity !== undefined && plain(action.entity).id === own;
  return (action.entities ?? [action.entity]).some((uid) => uid !== undefined && names.has(plain(uid).id));
}

function fitsType({ schema }: PolicySet, { resource }: PolicyJson, type: string): boolean {
  if (resource.op === 'All') return true;
  if (resource.op === 'is') return resource.entity_type === type;
  if (resource.entity === undefined) return true;
  const { type: named } = plain(resource.entity);
  return named === type || (resource.op === 'in' && schema?.entityTypes.get(type)?.ancestors.has(named) === true);
}

function whoIn(scope: ScopeJson): string {
  if (scope.op === 'All') return 'anyone';
  if (scope.op === 'is') {
    const within = scope.in?.entity;
    return within === undefined ? scope.entity_type : `${scope.entity_type} in ${shown(within)}`;
  }
  const uid = scope.entity;
  if (uid === undefined) return 'whoever it is linked to';
  return scope.op === 'in' ? `in ${shown(uid)}` : shown(uid);
}

function shown(uid: UidJson): string {
  const { type, id } = plain(uid);
  return `${type}::${JSON.stringify(id)}`;
}

/** The JSON forms of an entity in a head: with and without `__entity`. */
function plain(uid: UidJson | { readonly __entity: UidJson }): UidJson {
  return '__entity' in uid ? uid.__entity : uid;
}
