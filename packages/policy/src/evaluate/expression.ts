import { nodeOf, type BinaryOperator, type Expression, type Node } from '../load/est.ts';
import { Entity, EntityRef } from '../values/entity.ts';
import { Fault } from '../values/fault.ts';
import { fromJson } from '../values/from-json.ts';
import { add, multiply, negate, subtract } from '../values/long.ts';
import { CedarRecord } from '../values/record.ts';
import { CedarSet } from '../values/set.ts';
import { Datetime, Duration } from '../values/time.ts';
import { equal, typeFault, typeOf, type Long, type Value } from '../values/value.ts';
import { extensions } from './extensions.ts';
import { matcher } from './like.ts';
import { find, isIn, type Evaluation } from './request.ts';

/** A compiled expression. Throws a Fault where Cedar has an evaluation error. */
export type Evaluate<T extends Value = Value> = (request: Evaluation) => T;

/** Compiles an expression to a function. Everything that does not depend on the request is computed here. */
export function compileExpression(expression: Expression): Evaluate {
  const node = nodeOf(expression);
  switch (node.op) {
    case 'value': {
      return constant(fromJson(node.value));
    }
    case 'var':
      return variables[node.name];
    case 'slot':
      throw new TypeError(`the slot ${node.name} is not filled`);
    case '.':
      return compileAttribute(node.left, node.attr);
    case 'neg': {
      const arg = compileExpression(node.arg);
      return (request) => negate(long(arg(request)));
    }
    case 'if': {
      const test = compileCondition(node.if);
      const [yes, no] = [compileExpression(node.then), compileExpression(node.else)];
      return (request) => (test(request) ? yes(request) : no(request));
    }
    case 'set':
      return compileSet(node.elements);
    case 'record':
      return compileRecord(node.fields);
    case 'call':
      return compileCall(node.name, node.args);
    case '+':
    case '-':
    case '*': {
      const operation = { '+': add, '-': subtract, '*': multiply }[node.op];
      const [left, right] = [compileExpression(node.left), compileExpression(node.right)];
      return (request) => operation(long(left(request)), long(right(request)));
    }
    case 'getTag': {
      const [left, right] = [compileExpression(node.left), compileExpression(node.right)];
      return (request) => tag(request, entityRef(left(request)), right(request));
    }
    default:
      return compileTest(node);
  }
}

/** Compiles an expression that must be a boolean; another value is a type error. */
export function compileCondition(expression: Expression): Evaluate<boolean> {
  const node = nodeOf(expression);
  if (isTest(node)) return compileTest(node);
  const evaluate = compileExpression(expression);
  return (request) => {
    const value = evaluate(request);
    if (typeof value === 'boolean') return value;
    throw typeFault('bool', value);
  };
}

const notTests = ['value', 'var', 'slot', '.', 'neg', 'if', 'set', 'record', 'call', '+', '-', '*', 'getTag'] as const;
type Test = Exclude<Node, { op: (typeof notTests)[number] }>;
const isTest = (node: Node): node is Test => !(notTests as readonly string[]).includes(node.op);

/** The operators that always yield a boolean. */
function compileTest(node: Test): Evaluate<boolean> {
  switch (node.op) {
    case '!': {
      const arg = compileCondition(node.arg);
      return (request) => !arg(request);
    }
    case '&&': {
      const [left, right] = [compileCondition(node.left), compileCondition(node.right)];
      return (request) => left(request) && right(request);
    }
    case '||': {
      const [left, right] = [compileCondition(node.left), compileCondition(node.right)];
      return (request) => left(request) || right(request);
    }
    case '==':
      return compileEquality(node.left, node.right);
    case '!=': {
      const same = compileEquality(node.left, node.right);
      return (request) => !same(request);
    }
    case 'isEmpty': {
      const arg = compileExpression(node.arg);
      return (request) => set(arg(request)).size === 0;
    }
    case 'in':
      return compileIn(node.left, node.right);
    case 'has':
      return compileHas(node.left, node.path);
    case 'like': {
      const [left, matches] = [compileExpression(node.left), matcher(node.pattern)];
      return (request) => {
        const value = left(request);
        if (typeof value === 'string') return matches(value);
        throw typeFault('string', value);
      };
    }
    case 'is':
      return compileIs(node.left, node.type, node.in);
    default: {
      const [left, right] = [compileExpression(node.left), compileExpression(node.right)];
      const operation = binaryTests[node.op];
      return (request) => operation(left(request), right(request), request);
    }
  }
}

type BinaryTest = Exclude<BinaryOperator, '&&' | '||' | '==' | '!=' | 'in' | '+' | '-' | '*' | 'getTag'>;
const binaryTests: Record<BinaryTest, (left: Value, right: Value, request: Evaluation) => boolean> = {
  '<': isLess,
  '<=': (left, right) => !isLess(right, left),
  '>': (left, right) => isLess(right, left),
  '>=': (left, right) => !isLess(left, right),
  contains: (left, right) => set(left).has(right),
  containsAll: (left, right) => set(left).hasAll(set(right)),
  containsAny: (left, right) => set(left).hasAny(set(right)),
  hasTag: (left, right, request) => {
    const ref = entityRef(left);
    if (typeof right !== 'string') throw typeFault('string', right);
    return find(request, ref)?.tags.get(right) !== undefined;
  },
};

const variables: Record<'principal' | 'action' | 'resource' | 'context', Evaluate> = {
  principal: (request) => request.principal,
  action: (request) => request.action,
  resource: (request) => request.resource,
  context: (request) => request.context,
};

const constants = new WeakMap<Evaluate, Value>();

function constant(value: Value): Evaluate {
  const evaluate = () => value;
  constants.set(evaluate, value);
  return evaluate;
}

/** A path of attributes, `resource.approval.at`, in one function: most of what policies read is one or two names deep. */
function compileAttribute(expression: Expression, name: string): Evaluate {
  const node = nodeOf(expression);
  if (node.op === 'var' && node.name === 'context') {
    return (request) => request.context.get(name) ?? missing(request.context, name);
  }
  if (node.op === '.') {
    const first = node.attr;
    const outer = compileExpression(node.left);
    return (request) => {
      const start = outer(request);
      const value = attribute(request, start, first) ?? missing(start, first, request);
      return attribute(request, value, name) ?? missing(value, name, request);
    };
  }
  const left = compileExpression(expression);
  return (request) => {
    const value = left(request);
    return attribute(request, value, name) ?? missing(value, name, request);
  };
}

function attribute(request: Evaluation, value: Value, name: string): Value | undefined {
  if (value instanceof Entity) return value.attributes.get(name);
  if (value instanceof CedarRecord) return value.get(name);
  if (value instanceof EntityRef) return find(request, value)?.attributes.get(name);
  throw typeFault('one of [record, (entity of type `any_entity_type`)]', value);
}

function missing(value: Value, name: string, request?: Evaluation): never {
  if (value instanceof EntityRef) {
    if (request !== undefined && find(request, value) === undefined)
      throw new Fault(`entity \`${value}\` does not exist`);
    throw new Fault(`\`${value}\` does not have the attribute \`${name}\``);
  }
  throw new Fault(`record does not have the attribute \`${name}\``);
}

function compileHas(expression: Expression, path: readonly string[]): Evaluate<boolean> {
  const left = compileExpression(expression);
  const [only] = path;
  if (path.length === 1 && only !== undefined) {
    return (request) => attribute(request, left(request), only) !== undefined;
  }
  return (request) => {
    let value: Value | undefined = left(request);
    for (const name of path) {
      value = attribute(request, value, name);
      if (value === undefined) return false;
    }
    return true;
  };
}

function compileEquality(leftExpression: Expression, rightExpression: Expression): Evaluate<boolean> {
  const [left, right] = [compileExpression(leftExpression), compileExpression(rightExpression)];
  const known = constants.get(right);
  if (known !== undefined && typeof known !== 'object') return (request) => left(request) === known;
  return (request) => equal(left(request), right(request));
}

function compileIn(leftExpression: Expression, rightExpression: Expression): Evaluate<boolean> {
  const [left, right] = [compileExpression(leftExpression), compileExpression(rightExpression)];
  const known = constants.get(right);
  if (known instanceof EntityRef) {
    const { type, id } = known;
    return (request) => isIn(request, entityRef(left(request)), type, id);
  }
  return (request) => {
    const ref = entityRef(left(request));
    const group = right(request);
    if (group instanceof EntityRef) return isIn(request, ref, group.type, group.id);
    if (!(group instanceof CedarSet)) throw typeFault('one of [set, (entity of type `any_entity_type`)]', group);
    const groups = [...group.values()].map(entityRef);
    return groups.some(({ type, id }) => isIn(request, ref, type, id));
  };
}

function compileIs(leftExpression: Expression, type: string, group: Expression | undefined): Evaluate<boolean> {
  const left = compileExpression(leftExpression);
  const isType: Evaluate<boolean> = (request) => entityRef(left(request)).type === type;
  if (group === undefined) return isType;
  const isMember = compileIn(leftExpression, group);
  return (request) => isType(request) && isMember(request);
}

function compileSet(expressions: readonly Expression[]): Evaluate {
  const elements = expressions.map(compileExpression);
  const known = elements.map((element) => constants.get(element));
  if (known.every((value) => value !== undefined)) return constant(new CedarSet(known));
  return (request) => new CedarSet(elements.map((element) => element(request)));
}

function compileRecord(fields: ReadonlyMap<string, Expression>): Evaluate {
  const names = [...fields.keys()];
  const values = [...fields.values()].map(compileExpression);
  return (request) =>
    new CedarRecord(
      names,
      values.map((evaluate) => evaluate(request)),
    );
}

function compileCall(name: string, args: readonly Expression[]): Evaluate {
  const extension = extensions.get(name);
  const [first, second = first] = args.map(compileExpression);
  if (extension === undefined || first === undefined || second === undefined || args.length !== extension.arity) {
    throw new TypeError(`the extension function '${name}' is not known with ${args.length} arguments`);
  }
  const { call } = extension;
  const [one, two] = [constants.get(first), constants.get(second)];
  if (one !== undefined && two !== undefined) return computed(() => call(one, two));
  return extension.arity === 1
    ? (request) => {
        const value = first(request);
        return call(value, value);
      }
    : (request) => call(first(request), second(request));
}

/** A call of constants: its value, or the fault that every evaluation meets. */
function computed(call: () => Value): Evaluate {
  try {
    return constant(call());
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return () => {
      throw error;
    };
  }
}

function tag(request: Evaluation, ref: EntityRef, name: Value): Value {
  if (typeof name !== 'string') throw typeFault('string', name);
  const entity = find(request, ref);
  if (entity === undefined) throw new Fault(`entity \`${ref}\` does not exist`);
  const value = entity.tags.get(name);
  if (value === undefined) throw new Fault(`\`${ref}\` does not have the tag \`${name}\``);
  return value;
}

function entityRef(value: Value): EntityRef {
  if (value instanceof EntityRef) return value;
  throw typeFault('(entity of type `any_entity_type`)', value);
}

function set(value: Value): CedarSet {
  if (value instanceof CedarSet) return value;
  throw typeFault('set', value);
}

function long(value: Value): Long {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw typeFault('long', value);
}

/** `<` on two longs, two datetimes or two durations. */
function isLess(left: Value, right: Value): boolean {
  if (left instanceof Datetime && right instanceof Datetime) return left.milliseconds < right.milliseconds;
  if (left instanceof Duration && right instanceof Duration) return left.milliseconds < right.milliseconds;
  if (typeof left === 'object' || typeof right === 'object') {
    throw new Fault(
      `type error: expected long, datetime or duration on both sides, got ${typeOf(left)} and ${typeOf(right)}`,
    );
  }
  return long(left) < long(right);
}
