import { anonymousType, CedarRecord, Entity, EntityRef, principalType } from '@castellan/policy/entities';
import type { AuthContext } from '../auth-context.ts';
import { ApiRecord } from './attributes.ts';
import type { Authority } from './authority.ts';
import type { EntityJson } from './directory.ts';

/** The type of the groups that a credential names. */
export const groupType = 'Group';

/**
 * Whoever calls, as a Cedar entity: its groups are parents. Where the directory knows the principal, its groups count
 * and not those of the credential: a membership that ended, ended.
 */
export function principalOf(authority: Authority, auth: AuthContext | undefined, told: EntityJson | undefined): Entity {
  // A caller that showed no credential, where the contract lets it in, is no user and equals none.
  if (auth === undefined) return new Entity(anonymousType, 'anonymous');
  const model = authority.typeOf(principalType);
  const json = {
    ...auth.claims,
    ...told?.attrs,
    id: auth.subject,
    subject: auth.subject,
    issuer: auth.issuer,
    scopes: auth.scopes,
    groups: auth.groups,
    tenant: auth.tenant,
  };
  const parents =
    told === undefined
      ? auth.groups.map((group) => new EntityRef(groupType, group))
      : (told.parents ?? []).map(({ type, id }) => new EntityRef(type, id));
  return new Entity(
    principalType,
    auth.subject,
    model === undefined ? CedarRecord.empty : new ApiRecord(json, model.attributes, authority.ids),
    parents,
  );
}
