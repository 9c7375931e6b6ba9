import { ancestors, find, isIn } from '../evaluate/request.ts';
import type { Expression } from '../load/est.ts';
import { EntityRef } from '../values/entity.ts';
import { CedarSet } from '../values/set.ts';
import type { Value } from '../values/value.ts';
import { and, leaf, or, type Condition, type Field, type Operand } from './condition.ts';
import { constantsOf, definedOnly, equality, isRef, scalarOf, visited } from './compare.ts';
import { opaque, originOf, type Scope } from './scope.ts';
import { failed, knownTest, test, typeName, type Term, type Test } from './term.ts';

/** `in`: of the item or of what it names, in known groups; of a known entity, in what the item names. */
export function membership(scope: Scope, member: Term, group: Term, expression: Expression): Test {
  if (member.kind === 'error' || group.kind === 'error') return failed;
  if (member.kind === 'opaque') return member.test;
  if (group.kind === 'opaque') return group.test;
  if (group.kind === 'known') return inKnown(scope, member, group.value, expression);
  if (group.kind === 'set')
    return either(group.elements.map((element) => membership(scope, member, element, expression)));
  if (group.kind === 'resource') {
    if (member.kind !== 'known' || !isRef(member.value)) return both(scope, expression);
    const ids = groupsOf(scope, member.value, scope.type);
    return test(among(scope, { kind: 'id', type: scope.type }, ids, expression));
  }
  if (group.kind !== 'operand' || group.operand.kind !== 'field') return failed;
  if (group.shape.kind === 'set') return inSet(scope, member, group.operand, group.shape.of, group.defined, expression);
  if (group.shape.kind !== 'entity') return failed;
  if (member.kind !== 'known') return both(scope, expression);
  if (!isRef(member.value)) return failed;
  const ids = groupsOf(scope, member.value, group.shape.type);
  return test(among(scope, group.operand, ids, expression), group.defined);
}

const both = (scope: Scope, expression: Expression): Test => opaque(scope, expression, 'both sides depend on the item');

const either = (tests: readonly Test[]): Test =>
  tests.reduce((a, b) => ({ value: or(a.value, b.value), defined: and(a.defined, b.defined) }), knownTest(false));

function inKnown(scope: Scope, member: Term, value: Value, expression: Expression): Test {
  const groups = value instanceof CedarSet ? [...value.values()] : [value];
  if (!groups.every(isRef)) return failed;
  if (member.kind === 'known') {
    const ref = member.value;
    return isRef(ref) ? knownTest(groups.some(({ type, id }) => isIn(scope.request, ref, type, id))) : failed;
  }
  const [type, operand, defined = true] = memberOf(scope, member);
  if (type === undefined || operand === undefined) return failed;
  const itself = groups.filter((group) => group.type === type);
  const ancestorTypes = scope.schema.entityTypes.get(type)?.ancestors;
  const above = groups.filter((group) => ancestorTypes?.has(group.type) === true);
  const within = above.map((group) => {
    const origin = originOf(scope, expression);
    return visited(scope, leaf({ kind: 'within', entity: operand, type, group, origin }));
  });
  const isItself = among(
    scope,
    operand,
    itself.map(({ id }) => id),
    expression,
  );
  return test(within.reduce<Condition>(or, isItself), defined);
}

function memberOf(scope: Scope, member: Term): [type?: string, operand?: Operand, defined?: Condition] {
  if (member.kind === 'resource') return [scope.type, { kind: 'id', type: scope.type }, true];
  if (member.kind !== 'operand' || member.shape.kind !== 'entity') return [];
  return [member.shape.type, member.operand, member.defined];
}

/** `principal in resource.readers`. */
function inSet(
  scope: Scope,
  member: Term,
  set: Field,
  of: Field['shape'] | undefined,
  defined: Condition,
  expression: Expression,
): Test {
  if (of?.kind !== 'entity') return failed;
  if (member.kind !== 'known') return both(scope, expression);
  if (!isRef(member.value)) return failed;
  const ids = groupsOf(scope, member.value, of.type).map((id) => new EntityRef(of.type, id));
  return test(holds(scope, set, ids, of, expression), defined);
}

/** Ids of a type that a known entity is, or is in. */
function groupsOf(scope: Scope, member: EntityRef, type: string): string[] {
  const { request } = scope;
  const entity = find(request, member);
  const groups = entity === undefined ? [] : [...(ancestors(request, entity).get(type) ?? [])];
  return member.type === type ? [member.id, ...groups.filter((id) => id !== member.id)] : groups;
}

function among(scope: Scope, operand: Operand, ids: readonly string[], expression: Expression): Condition {
  if (ids.length === 0 || (operand.kind !== 'field' && operand.kind !== 'id')) return false;
  const type = operand.kind === 'id' ? operand.type : operand.shape.kind === 'entity' ? operand.shape.type : '';
  const values = ids.map((value) => ({ kind: 'entity', type, value }) as const);
  const [only] = values;
  const origin = originOf(scope, expression);
  return visited(
    scope,
    only !== undefined && values.length === 1
      ? leaf({ kind: 'compare', op: '=', left: operand, right: only, origin })
      : leaf({ kind: 'among', value: operand, values, origin }),
  );
}

/** Whether a set of the item holds one of some values. */
function holds(
  scope: Scope,
  set: Field,
  values: Iterable<Value>,
  of: Field['shape'] | undefined,
  expression: Expression,
): Condition {
  const constants = constantsOf(values, typeName(of));
  if (constants.length === 0) return false;
  return visited(scope, leaf({ kind: 'holds', set, values: constants, origin: originOf(scope, expression) }));
}

const plain = /^(?:string|long|bool|entity .*)$/;

/** `contains`. */
export function containment(scope: Scope, set: Term, element: Term, expression: Expression): Test {
  if (set.kind === 'error' || element.kind === 'error') return failed;
  if (set.kind === 'opaque') return set.test;
  if (element.kind === 'opaque') return element.test;
  if (set.kind === 'known') {
    if (!(set.value instanceof CedarSet)) return failed;
    const values = [...set.value.values()];
    const { defined } = definedOnly(element);
    if (element.kind !== 'operand' || !plain.test(typeName(element.shape)))
      return test(
        values
          .map((value) => equality(scope, element, { kind: 'known', value }, expression).value)
          .reduce<Condition>(or, false),
        defined,
      );
    const constants = constantsOf(values, typeName(element.shape));
    if (constants.length === 0) return test(false, defined);
    const origin = originOf(scope, expression);
    return test(visited(scope, leaf({ kind: 'among', value: element.operand, values: constants, origin })), defined);
  }
  if (set.kind === 'set') return either(set.elements.map((one) => equality(scope, one, element, expression)));
  if (set.kind !== 'operand' || set.operand.kind !== 'field') return failed;
  if (set.shape.kind !== 'set') return failed;
  const { of } = set.shape;
  if (!plain.test(typeName(of)))
    return opaque(scope, expression, 'only sets of texts, numbers and names are translated');
  if (element.kind === 'known') return test(holds(scope, set.operand, [element.value], of, expression), set.defined);
  const scalar =
    element.kind === 'resource'
      ? { type: `entity ${scope.type}`, operand: { kind: 'id', type: scope.type } as const, defined: true as const }
      : scalarOf(element);
  if (scalar === undefined) return opaque(scope, expression, 'what is looked for is not one value');
  if (scalar.type !== typeName(of)) return test(false, set.defined, scalar.defined);
  const origin = originOf(scope, expression);
  const found = leaf({ kind: 'holdsField', set: set.operand, element: scalar.operand, origin });
  return test(visited(scope, found), set.defined, scalar.defined);
}

/** `containsAll` and `containsAny`, of a set of the item and a known one, or the other way round. */
export function containsMany(
  scope: Scope,
  op: 'containsAll' | 'containsAny',
  set: Term,
  other: Term,
  expression: Expression,
): Test {
  if (set.kind === 'error' || other.kind === 'error') return failed;
  if (set.kind === 'opaque') return set.test;
  if (other.kind === 'opaque') return other.test;
  if (set.kind === 'known' && op === 'containsAny') return containsMany(scope, op, other, set, expression);
  if (set.kind !== 'operand' || set.operand.kind !== 'field' || other.kind !== 'known')
    return opaque(scope, expression, 'write the set of the item first, and second a set that does not depend on it');
  const { operand, shape, defined } = set;
  if (shape.kind !== 'set' || !(other.value instanceof CedarSet)) return failed;
  if (!plain.test(typeName(shape.of)))
    return opaque(scope, expression, 'only sets of texts, numbers and names are translated');
  const values = [...other.value.values()];
  if (op === 'containsAny') return test(holds(scope, operand, values, shape.of, expression), defined);
  const each = values.map((value) => holds(scope, operand, [value], shape.of, expression));
  return test(each.reduce<Condition>(and, true), defined);
}

/** `isEmpty`. */
export function emptiness(scope: Scope, set: Term, expression: Expression): Test {
  if (set.kind === 'error') return failed;
  if (set.kind === 'opaque') return set.test;
  if (set.kind === 'set')
    return test(set.elements.length === 0, ...set.elements.map((one) => definedOnly(one).defined));
  if (set.kind !== 'operand' || set.operand.kind !== 'field' || set.shape.kind !== 'set') return failed;
  const origin = originOf(scope, expression);
  return test(visited(scope, leaf({ kind: 'empty', set: set.operand, origin })), set.defined);
}
