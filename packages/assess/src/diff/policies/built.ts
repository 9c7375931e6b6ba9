import { nodeOf, type Expression } from '@castellan/policy';
import { millisecondsOf } from './constants.ts';
import { within } from './formula.ts';

/** A value that is made of what stands at other places: `{ tenant: resource.tenant, role: "admin" }`, `resource.used + 5`. */
export interface Built {
  /** The place that it may be put at. */
  readonly at: string;
  readonly expression: Expression;
  /** In a set of one. */
  readonly listed: boolean;
}

/** The name of the place that an expression is; undefined where it is none. */
function placeOf(expression: Expression): string | undefined {
  const node = nodeOf(expression);
  if (node.op === 'var') return node.name === 'action' ? undefined : node.name;
  if (node.op !== '.') return undefined;
  const of = placeOf(node.left);
  return of === undefined ? undefined : `${of}.${node.attr}`;
}

const sides = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);

/** The values that comparisons hold places against, where they are made of other places. */
export function builtIn(expressions: Iterable<Expression>): Built[] {
  const found = new Map<string, Built>();
  const note = (place: Expression, expression: Expression, listed: boolean): void => {
    const at = placeOf(place);
    if (at === undefined || placeOf(expression) !== undefined || !hasPlace(expression)) return;
    found.set(JSON.stringify([at, text(expression), listed]), { at, expression, listed });
  };
  for (const expression of expressions)
    for (const one of within(expression)) {
      const node = nodeOf(one);
      if ('left' in node && 'right' in node && sides.has(node.op)) {
        note(node.left, node.right, false);
        note(node.right, node.left, false);
        for (const [sum, other] of [
          [node.left, node.right],
          [node.right, node.left],
        ] as const)
          for (const { place, expression: solved } of solvedFor(sum, other)) note(place, solved, false);
      }
      if ('left' in node && 'right' in node && ['contains', 'containsAll', 'containsAny'].includes(node.op))
        note(node.left, node.right, node.op === 'contains');
      if (node.op === 'call' && node.args[0] !== undefined && node.args[1] !== undefined) {
        note(node.args[0], node.args[1], node.name === 'contains');
        note(node.args[1], node.args[0], false);
      }
    }
  return [...found.values()];
}

/** `a + b < c` says of `a` that it is about `c - b`. */
function solvedFor(sum: Expression, other: Expression): { place: Expression; expression: Expression }[] {
  const node = nodeOf(sum);
  if (node.op === '+')
    return [
      { place: node.left, expression: { '-': { left: other, right: node.right } } },
      { place: node.right, expression: { '-': { left: other, right: node.left } } },
    ];
  if (node.op === '-')
    return [
      { place: node.left, expression: { '+': { left: other, right: node.right } } },
      { place: node.right, expression: { '-': { left: node.left, right: other } } },
    ];
  if (node.op === 'call' && node.name === 'offset' && node.args[0] !== undefined && node.args[1] !== undefined)
    return [{ place: node.args[0], expression: { offset: [other, { neg: { arg: node.args[1] } }] } }];
  return [];
}

function hasPlace(expression: Expression): boolean {
  for (const one of within(expression)) if (placeOf(one) !== undefined) return true;
  return false;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one)) ?? '';
}

/**
 * The value of an expression in the JSON form of requests, where what stands at places is known; undefined where it has none.
 * @param near added to a number or, in milliseconds, to a time: just below and above is where decisions turn
 */
export function valueOf(expression: Expression, at: (place: string) => unknown, near = 0): unknown {
  const value = evaluate(expression, at);
  if (near === 0) return value;
  if (typeof value === 'number') return value + near;
  const time = timeOf(value);
  return time === undefined ? undefined : datetime(time + near);
}

function evaluate(expression: Expression, at: (place: string) => unknown): unknown {
  const place = placeOf(expression);
  if (place !== undefined) return at(place);
  const node = nodeOf(expression);
  switch (node.op) {
    case 'value':
      return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    case 'set': {
      const items = node.elements.map((one) => evaluate(one, at));
      return items.includes(undefined) ? undefined : items;
    }
    case 'record': {
      const fields = [...node.fields].map(([name, one]) => [name, evaluate(one, at)] as const);
      return fields.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(fields);
    }
    case '+':
    case '-':
    case '*': {
      const [left, right] = [evaluate(node.left, at), evaluate(node.right, at)];
      if (typeof left !== 'number' || typeof right !== 'number') return undefined;
      return node.op === '+' ? left + right : node.op === '-' ? left - right : left * right;
    }
    case 'neg': {
      const value = evaluate(node.arg, at);
      const duration = durationOf(value);
      return typeof value === 'number' ? -value : duration === undefined ? undefined : `${-duration}ms`;
    }
    case 'call':
      return called(node.name, node.args, at);
    default:
      return undefined;
  }
}

function called(name: string, args: readonly Expression[], at: (place: string) => unknown): unknown {
  const [first, second] = args.map((one) => evaluate(one, at));
  if (args.length === 1 && ['datetime', 'duration', 'decimal', 'ip'].includes(name))
    return typeof first === 'string' ? { __extn: { fn: name, arg: first } } : undefined;
  if (name === 'offset') {
    const [time, duration] = [timeOf(first), durationOf(second)];
    return time === undefined || duration === undefined ? undefined : datetime(time + duration);
  }
  return undefined;
}

function timeOf(value: unknown): number | undefined {
  const arg = argumentOf(value, 'datetime');
  const time = arg === undefined ? Number.NaN : Date.parse(arg);
  return Number.isFinite(time) ? time : undefined;
}

function durationOf(value: unknown): number | undefined {
  const arg = typeof value === 'string' && /^-?\d+ms$/.test(value) ? value : argumentOf(value, 'duration');
  return arg === undefined ? undefined : millisecondsOf(arg);
}

function argumentOf(value: unknown, fn: string): string | undefined {
  const extension = (value as { readonly __extn?: { readonly fn: string; readonly arg: string } } | null | undefined)
    ?.__extn;
  return extension?.fn === fn ? extension.arg : undefined;
}

function datetime(time: number): unknown {
  return { __extn: { fn: 'datetime', arg: new Date(time).toISOString() } };
}
