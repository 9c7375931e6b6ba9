import type { Expression } from '../load/est.ts';
import { EntityRef } from '../values/entity.ts';
import { CedarRecord } from '../values/record.ts';
import { Datetime, Duration } from '../values/time.ts';
import { equal, type Value } from '../values/value.ts';
import {
  and,
  isConstant,
  leaf,
  not,
  type Comparison,
  type Condition,
  type Leaf,
  type Operand,
  type Origin,
} from './condition.ts';
import { opaque, originOf, type Scope } from './scope.ts';
import { constantOf, failed, isUsualTime, knownTest, test, typeName, type Term, type Test } from './term.ts';

/** A term as one value, with the name of its type. */
export interface Scalar {
  readonly type: string;
  readonly operand: Operand;
  readonly defined: Condition;
}

/** A term as one value; undefined where it is none. */
export function scalarOf(term: Term): Scalar | undefined {
  if (term.kind === 'operand') return { type: typeName(term.shape), operand: term.operand, defined: term.defined };
  if (term.kind !== 'known') return undefined;
  const known = constantOf(term.value);
  return known === undefined ? undefined : { type: known.type, operand: known.constant, defined: true };
}

/** Makes a leaf that the translation is told of. */
export function visited(scope: Scope, made: Leaf): Leaf {
  scope.visit?.(made);
  return made;
}

/** `==` of two terms. */
export function equality(scope: Scope, left: Term, right: Term, expression: Expression): Test {
  if (left.kind === 'error' || right.kind === 'error') return failed;
  if (left.kind === 'opaque') return left.test;
  if (right.kind === 'opaque') return right.test;
  if (left.kind === 'known' && right.kind === 'known') return knownTest(equal(left.value, right.value));
  if (left.kind === 'fields' || right.kind === 'fields') return sameFields(scope, left, right, expression);
  if (left.kind === 'condition' || right.kind === 'condition')
    return sameTruth(scope, left, right, expression) ?? unlike(scope, expression);
  if (left.kind === 'difference' || right.kind === 'difference') return order(scope, '=', left, right, expression);
  if (left.kind === 'resource' || right.kind === 'resource') return isResource(scope, left, right, expression);
  const [one, other] = [scalarOf(left), scalarOf(right)];
  if (one === undefined || other === undefined) return unlike(scope, expression);
  if (one.type !== other.type) return test(false, one.defined, other.defined);
  if (!comparable.test(one.type)) return unlike(scope, expression);
  return test(compared(scope, '=', one, other, originOf(scope, expression)), one.defined, other.defined);
}

/** Types whose values are equal where what a store has of them is. One address has several texts. */
const comparable = /^(?:string|long|datetime|decimal|entity .*)$/;

const unlike = (scope: Scope, expression: Expression): Test =>
  opaque(scope, expression, 'sets, records, addresses and durations are not compared as a whole');

/** Whether the item itself is what the other term names. */
function isResource(scope: Scope, left: Term, right: Term, expression: Expression): Test {
  if (left.kind === right.kind) return knownTest(true);
  const other = scalarOf(left.kind === 'resource' ? right : left);
  if (other === undefined) return unlike(scope, expression);
  if (other.type !== `entity ${scope.type}`) return test(false, other.defined);
  const id: Scalar = { type: other.type, operand: { kind: 'id', type: scope.type }, defined: true };
  return test(compared(scope, '=', id, other, originOf(scope, expression)), other.defined);
}

/** A record that is written with parts of the item, beside a known one or another such. */
function sameFields(scope: Scope, left: Term, right: Term, expression: Expression): Test {
  const [one, other] = [fieldsOf(left), fieldsOf(right)];
  if (one === undefined || other === undefined) return unlike(scope, expression);
  const tests = [...one].map(([name, term]) => {
    const value = other.get(name);
    return value === undefined ? definedOnly(term) : equality(scope, term, value, expression);
  });
  const same = one.size === other.size && [...one.keys()].every((name) => other.has(name));
  const defined = tests.reduce<Condition>((all, each) => and(all, each.defined), true);
  const extra = [...other].filter(([name]) => !one.has(name)).map(([, term]) => definedOnly(term).defined);
  return test(same ? tests.reduce<Condition>((all, each) => and(all, each.value), true) : false, defined, ...extra);
}

function fieldsOf(term: Term): ReadonlyMap<string, Term> | undefined {
  if (term.kind === 'fields') return term.fields;
  if (term.kind !== 'known') return undefined;
  if (!(term.value instanceof CedarRecord)) return new Map();
  return new Map(term.value.entries().map(([name, value]) => [name, { kind: 'known', value }]));
}

/** When a term can be evaluated, with a value that nobody looks at. */
export function definedOnly(term: Term): Test {
  if (term.kind === 'error') return failed;
  if (term.kind === 'operand' || term.kind === 'condition') return { value: false, defined: term.defined };
  if (term.kind === 'opaque') return term.test;
  if (term.kind === 'record') return { value: false, defined: term.defined() };
  if (term.kind === 'difference') return test(false, definedOnly(term.from).defined, definedOnly(term.to).defined);
  if (term.kind === 'set') return test(false, ...term.elements.map((one) => definedOnly(one).defined));
  if (term.kind === 'fields') return test(false, ...[...term.fields.values()].map((one) => definedOnly(one).defined));
  return { value: false, defined: true };
}

/** `a == b` of two conditions. */
function sameTruth(scope: Scope, left: Term, right: Term, expression: Expression): Test | undefined {
  const [one, other] = [truthOf(scope, left, expression), truthOf(scope, right, expression)];
  if (one === undefined || other === undefined) return undefined;
  if (one === 'other' || other === 'other') return test(false, definedOnly(left).defined, definedOnly(right).defined);
  const both = and(not(and(one.value, not(other.value))), not(and(not(one.value), other.value)));
  return test(both, one.defined, other.defined);
}

function truthOf(scope: Scope, term: Term, expression: Expression): Test | 'other' | undefined {
  if (term.kind === 'condition') return term;
  if (term.kind === 'known') return typeof term.value === 'boolean' ? knownTest(term.value) : 'other';
  if (term.kind === 'resource') return 'other';
  if (term.kind !== 'operand') return undefined;
  return term.shape.kind === 'bool' ? flagOf(scope, term, expression) : 'other';
}

/** A boolean attribute as a condition. */
export function flagOf(scope: Scope, term: Extract<Term, { kind: 'operand' }>, expression: Expression): Test {
  const { operand, defined } = term;
  if (operand.kind !== 'field') return failed;
  return {
    value: visited(scope, leaf({ kind: 'flag', field: operand, origin: originOf(scope, expression) })),
    defined,
  };
}

/** `<`, `<=`, `>`, `>=` and `=` of whole numbers, times and spans of time. */
export function order(scope: Scope, op: Comparison, left: Term, right: Term, expression: Expression): Test {
  if (left.kind === 'error' || right.kind === 'error') return failed;
  if (left.kind === 'opaque') return left.test;
  if (right.kind === 'opaque') return right.test;
  if (left.kind === 'difference') return span(scope, op, left, right, expression);
  if (right.kind === 'difference') return span(scope, turned[op], right, left, expression);
  if (isSpan(left) || isSpan(right)) return opaque(scope, expression, 'durations are not translated');
  const [one, other] = [scalarOf(left), scalarOf(right)];
  if (one === undefined || other === undefined)
    return isTime(left) || isTime(right)
      ? opaque(scope, expression, 'the time is outside of the years 1 to 9999')
      : failed;
  if (one.type !== other.type || !['long', 'datetime'].includes(one.type)) return failed;
  return test(compared(scope, op, one, other, originOf(scope, expression)), one.defined, other.defined);
}

const isSpan = (term: Term): boolean =>
  term.kind === 'known' ? term.value instanceof Duration : term.kind === 'operand' && term.shape.kind === 'duration';

const isTime = (term: Term): boolean => term.kind === 'known' && term.value instanceof Datetime;

const turned: Readonly<Record<Comparison, Comparison>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** `to - from op span` is `to op from + span`. */
function span(
  scope: Scope,
  op: Comparison,
  { from, to }: Extract<Term, { kind: 'difference' }>,
  other: Term,
  expression: Expression,
): Test {
  if (other.kind !== 'known') return opaque(scope, expression, 'a span of time is compared with a known one only');
  if (!(other.value instanceof Duration)) {
    if (op !== '=') return failed;
    return test(false, definedOnly(from).defined, definedOnly(to).defined);
  }
  return order(scope, op, to, shifted(scope, from, Number(other.value.milliseconds), expression), expression);
}

/** A time some milliseconds later. */
export function shifted(scope: Scope, time: Term, milliseconds: number, expression: Expression): Term {
  if (time.kind === 'error' || time.kind === 'opaque') return time;
  if (!(Math.abs(milliseconds) <= 1e15))
    return { kind: 'opaque', test: opaque(scope, expression, 'the duration is too long') };
  if (time.kind === 'known') {
    if (!(time.value instanceof Datetime)) return { kind: 'error' };
    const value = new Datetime(Number(time.value.milliseconds) + milliseconds);
    return isUsualTime(Number(value.milliseconds))
      ? { kind: 'known', value }
      : { kind: 'opaque', test: opaque(scope, expression, 'the time is outside of the years 1 to 9999') };
  }
  if (time.kind !== 'operand' || time.shape.kind !== 'datetime') return { kind: 'error' };
  const { operand } = time;
  if (operand.kind === 'field') return { ...time, operand: { kind: 'later', than: operand, milliseconds } };
  if (operand.kind === 'later')
    return { ...time, operand: { ...operand, milliseconds: operand.milliseconds + milliseconds } };
  return { kind: 'error' };
}

/** A comparison in the form that most stores have: an attribute beside a constant, without arithmetic on times. */
function compared(scope: Scope, op: Comparison, left: Scalar, right: Scalar, origin: Origin): Condition {
  const [one, other] = isConstant(left.operand) ? [right.operand, left.operand] : [left.operand, right.operand];
  const sense = isConstant(left.operand) ? turned[op] : op;
  if (one.kind === 'later' && other.kind === 'time') {
    const milliseconds = other.milliseconds - one.milliseconds;
    // Where the constant leaves the calendar, every time that a store has is on one side of it.
    if (!isUsualTime(milliseconds)) return sense !== '=' && (milliseconds < 0 ? sense[0] === '>' : sense[0] === '<');
    return visited(
      scope,
      leaf({ kind: 'compare', op: sense, left: one.than, right: { kind: 'time', milliseconds }, origin }),
    );
  }
  return visited(scope, leaf({ kind: 'compare', op: sense, left: one, right: other, origin }));
}

/** Constants of one type among values, for `among` and `holds`. */
export function constantsOf(values: Iterable<Value>, type: string) {
  return [...values].flatMap((value) => {
    const known = constantOf(value);
    return known?.type === type ? [known.constant] : [];
  });
}

/** Whether a value is an entity's name. */
export const isRef = (value: Value): value is EntityRef => value instanceof EntityRef;
