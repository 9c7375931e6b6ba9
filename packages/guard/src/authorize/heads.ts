import type { Entity, EntityRef, EntitySource } from '@castellan/policy';

/** A scope of a policy's head, in Cedar's JSON form. */
interface Scope {
  readonly op: 'All' | '==' | 'in' | 'is';
  readonly entity?: Uid | undefined;
  readonly entities?: readonly Uid[] | undefined;
  readonly entity_type?: string | undefined;
  readonly in?: { readonly entity?: Uid | undefined } | undefined;
}
type Uid = UidJson | { readonly __entity: UidJson };
interface UidJson {
  readonly type: string;
  readonly id: string;
}

/** What the head of a policy says of whom and what it is about. */
export interface PolicyHead {
  readonly effect: 'permit' | 'forbid';
  readonly principal: Scope;
  readonly action: Scope;
  readonly resource: Scope;
}

/** Whether a policy can be about an action, given the groups that it is in. */
export function aboutAction(head: PolicyHead, action: Entity): boolean {
  const { op, entity, entities } = head.action;
  if (op === 'All') return true;
  const named = (entities ?? [entity]).flatMap((uid) => (uid === undefined ? [] : [plain(uid)]));
  const own = op === '==' ? [action] : [action, ...action.parents];
  return own.some((ref) => named.some((uid) => uid.id === ref.id && uid.type === ref.type));
}

/** Whether a policy singles an action out: by its name, or by a tag. `safe` and `unsafe` are groups of all. */
export function namesAction(head: PolicyHead, action: Entity): boolean {
  const { op, entity, entities } = head.action;
  if (op === 'All') return false;
  const groups = op === 'in' ? action.parents.filter(({ id }) => id !== 'safe' && id !== 'unsafe') : [];
  const named = (entities ?? [entity]).flatMap((uid) => (uid === undefined ? [] : [plain(uid)]));
  return [action, ...groups].some((ref) => named.some((uid) => uid.id === ref.id && uid.type === ref.type));
}

/** Whether a policy can be about some resource of a type. */
export function aboutType(head: PolicyHead, type: string, ancestors: ReadonlySet<string>): boolean {
  const { op, entity, entity_type: only } = head.resource;
  if (op === 'All') return true;
  if (op === 'is') return only === type;
  const uid = entity === undefined ? undefined : plain(entity);
  return uid === undefined || uid.type === type || (op === 'in' && ancestors.has(uid.type));
}

/** Whether a policy can be about a principal. */
export function aboutPrincipal(head: PolicyHead, principal: Entity, source: EntitySource): boolean {
  const { op, entity, entity_type: only, in: within } = head.principal;
  if (op === 'All') return true;
  if (op === 'is' && only !== principal.type) return false;
  const uid = op === 'is' ? within?.entity : entity;
  if (uid === undefined) return op === 'is';
  const { type, id } = plain(uid);
  if (op === '==') return principal.type === type && principal.id === id;
  return isWithin(principal, type, id, source);
}

function isWithin(entity: Entity, type: string, id: string, source: EntitySource): boolean {
  const seen = new Set<string>();
  const pending: EntityRef[] = [entity];
  for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
    if (ref.type === type && ref.id === id) return true;
    const key = ref.key();
    if (seen.has(key)) continue;
    seen.add(key);
    const known = ref === entity ? entity : source(ref.type, ref.id);
    if (known !== undefined) pending.push(...known.parents);
  }
  return false;
}

function plain(uid: Uid): UidJson {
  return '__entity' in uid ? uid.__entity : uid;
}
