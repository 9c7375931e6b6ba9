import type { FastRequest, PolicySet } from '../policy-set.ts';
import { EntityRef, type Entity } from '../values/entity.ts';
import { apiType, principalType } from '../from-contract/type-names.ts';
import type { PlainEntity, Scenario } from './read.ts';

/** Somebody who may, or something that somebody may do, with the policies that say so. */
export interface Access {
  readonly principal: EntityRef;
  readonly action: EntityRef;
  readonly resource: EntityRef;
  readonly policies: readonly string[];
}

/** What questions about access have in common. */
export type AccessQuestion = Pick<Scenario, 'now' | 'context' | 'entities'>;

/**
 * Who of the given entities may do an action on a resource, in the order in which they are given. Somebody without groups and
 * attributes whom no entity describes is asked about as well, as `User::""`: where that one may, everybody may.
 */
export function whoMay(
  policies: PolicySet,
  { action, resource, ...question }: AccessQuestion & Pick<Scenario, 'action' | 'resource'>,
): Access[] {
  const known = knownEntities(policies, question.entities);
  const principals = question.entities.map(({ uid }) => uid).filter(({ type }) => type === principalType);
  return [...principals, new EntityRef(principalType, '')].flatMap((principal) =>
    allowed(policies, question, known, principal, action, resource),
  );
}

/**
 * What somebody may do to the given entities and to the API: each action of the schema on each entity that it applies to.
 * @throws TypeError where the policies have no schema, so that nothing tells which actions there are
 */
export function whatMay(
  policies: PolicySet,
  { principal, api, ...question }: AccessQuestion & Pick<Scenario, 'principal'> & { readonly api: string },
): Access[] {
  const { schema } = policies;
  if (schema === undefined) throw new TypeError('the policies have no schema');
  const known = knownEntities(policies, question.entities);
  const resources = [...question.entities.map(({ uid }) => uid), new EntityRef(apiType, api)];
  const found: Access[] = [];
  for (const { entity: action, resources: types } of schema.actions.get('Action')?.values() ?? [])
    for (const resource of resources)
      if (types.has(resource.type)) found.push(...allowed(policies, question, known, principal, action, resource));
  return found;
}

type Known = (type: string, id: string) => Entity | undefined;

function knownEntities(policies: PolicySet, entities: readonly PlainEntity[]): Known {
  const known = new Map<string, Entity>();
  for (const { uid, attrs, parents, tags } of entities)
    known.set(uid.key(), policies.entity(uid.type, uid.id, attrs, { parents, tags }));
  return (type, id) => known.get(new EntityRef(type, id).key());
}

function allowed(
  policies: PolicySet,
  { now, context }: AccessQuestion,
  known: Known,
  principal: EntityRef,
  action: EntityRef,
  resource: EntityRef,
): Access[] {
  const request: FastRequest = {
    principal: known(principal.type, principal.id) ?? principal,
    action,
    resource: known(resource.type, resource.id) ?? resource,
    context: policies.context(action, { scopes: [], ...(now === undefined ? {} : { now: new Date(now) }), ...context }),
    entities: known,
  };
  const { decision, reasons } = policies.decideFast(request);
  return decision === 'allow' ? [{ principal, action, resource, policies: reasons }] : [];
}
