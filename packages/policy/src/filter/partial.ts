import { CastellanError } from '@castellan/contract';
import { fits } from '../evaluate/index-policies.ts';
import { noEntities, type Evaluation } from '../evaluate/request.ts';
import type { PolicyJson, ScopeJson } from '../load/est.ts';
import { placeOfPolicy, type LoadedPolicies, type LoadedPolicy } from '../load/policies.ts';
import type { SchemaModel } from '../load/schema.ts';
import { placeOf } from '../load/source.ts';
import { Entity, EntityRef, type EntitySource } from '../values/entity.ts';
import { CedarRecord } from '../values/record.ts';
import { and, not, or, where, type Condition, type Leaf } from './condition.ts';
import type { ListRequest } from './list-filter.ts';
import { knownTest, type Test } from './term.ts';
import { Translator } from './translate.ts';

/**
 * Evaluates all of the policies that does not depend on the items of a list.
 * @returns the condition that is left
 * @throws CastellanError `unknown-type` without a schema or for a type that it has not
 */
export function partialCondition(
  loaded: LoadedPolicies,
  schema: SchemaModel,
  declared: EntitySource,
  list: ListRequest,
): Condition {
  const request = requestOf(declared, list);
  let permitted: Condition = list.unspoken === true;
  let forbidden: Condition = false;
  for (const policy of loaded.policies) {
    const { json } = policy;
    if (!fits(json.principal, request.principal, request) || !fits(json.action, request.action, request)) continue;
    const { value, defined } = satisfied(policy, schema, request, list.type, undefined);
    if (json.effect === 'permit') permitted = or(permitted, where(defined, value));
    else if (list.failingForbid === 'forbids') forbidden = or(forbidden, not(where(defined, not(value))));
    else forbidden = or(forbidden, where(defined, value));
  }
  return and(permitted, not(forbidden));
}

/** Tells every question that the policies for an action may leave to whoever has the items, whoever asks. */
export function visitLeaves(
  loaded: LoadedPolicies,
  schema: SchemaModel,
  declared: EntitySource,
  list: ListRequest,
  visit: (leaf: Leaf) => void,
): void {
  const request = requestOf(declared, list);
  for (const policy of loaded.policies)
    if (fits(policy.json.action, request.action, request)) satisfied(policy, schema, request, list.type, visit);
}

/** @throws CastellanError `unknown-type` */
export function schemaFor(schema: SchemaModel | undefined, type: string): SchemaModel {
  if (schema?.entityTypes.has(type) === true) return schema;
  throw new CastellanError({
    code: 'unknown-type',
    message: schema === undefined ? 'lists are filtered by a schema' : `the schema has no entity type '${type}'`,
    mend:
      schema === undefined
        ? 'compile the policies with one'
        : `use one of ${[...schema.entityTypes.keys()].join(', ')}`,
  });
}

function requestOf(declared: EntitySource, { action, principal, type, context, entities }: ListRequest): Evaluation {
  return {
    principal,
    action: action instanceof Entity ? action : (declared(action.type, action.id) ?? action),
    resource: new EntityRef(type, ''),
    context: context ?? CedarRecord.empty,
    entities: entities ?? noEntities,
    declared,
    closures: undefined,
  };
}

function satisfied(
  policy: LoadedPolicy,
  schema: SchemaModel,
  request: Evaluation,
  type: string,
  visit: ((leaf: Leaf) => void) | undefined,
): Test {
  const { json } = policy;
  const refuse = (expression: string, reason: string) => untranslatable(policy, expression, reason);
  const translator = new Translator({ request, type, schema, refuse, visit });
  return json.conditions.reduce(
    (before, { kind, body }) => {
      if (before.value === false && before.defined === true && visit === undefined) return before;
      const { value, defined } = translator.test(body);
      const holds = kind === 'when' ? value : not(value);
      return { value: and(before.value, holds), defined: and(before.defined, or(not(before.value), defined)) };
    },
    headTest(json, translator),
  );
}

function untranslatable(policy: LoadedPolicy, expression: string, reason: string): CastellanError {
  const { piece } = policy;
  const at = piece.text.indexOf(expression);
  return new CastellanError({
    code: 'untranslatable',
    message: `${expression.length > 120 ? `${expression.slice(0, 120)}…` : expression} cannot be asked of a store: ${reason}`,
    place: at < 0 ? placeOfPolicy(policy) : placeOf(piece.source, piece.start + at),
    mend: 'say in the mapping where it is, write the condition with what the store has, or filter with the JavaScript test',
  });
}

/** The head's condition on the resource, as an expression. */
function headTest({ resource }: PolicyJson, translator: Translator): Test {
  const expression = headExpression(resource);
  return expression === undefined ? knownTest(true) : translator.test(expression);
}

function headExpression(scope: ScopeJson) {
  const left = { Var: 'resource' };
  switch (scope.op) {
    case 'All':
      return undefined;
    case '==':
      return { '==': { left, right: { Value: { __entity: scope.entity } } } };
    case 'in':
      return { in: { left, right: { Value: { __entity: scope.entity } } } };
    case 'is': {
      const group = scope.in === undefined ? {} : { in: { Value: { __entity: scope.in.entity } } };
      return { is: { left, entity_type: scope.entity_type, ...group } };
    }
  }
}
