import { childrenOf, nodeOf, type Expression, type PolicyJson, type ScopeJson } from '@castellan/policy';

/** A condition as a formula over comparisons that are true or false by themselves. */
export type Formula =
  | { readonly op: 'atom'; readonly key: string; readonly expression: Expression }
  | { readonly op: 'and' | 'or'; readonly parts: readonly Formula[] }
  | { readonly op: 'not'; readonly part: Formula }
  | { readonly op: 'constant'; readonly value: boolean };

/** What a comparison must come to. */
export interface Literal {
  readonly key: string;
  readonly value: boolean;
}

const and = (...parts: Formula[]): Formula => ({ op: 'and', parts });
const or = (...parts: Formula[]): Formula => ({ op: 'or', parts });
const not = (part: Formula): Formula => ({ op: 'not', part });
const atom = (expression: Expression): Formula => ({ op: 'atom', key: keyOf(expression), expression });

/** The text of an expression by which it is known. Long literals may be bigints. */
export function keyOf(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one)) ?? '';
}

/** When a policy is satisfied: its head and its conditions. */
export function formulaOf(policy: PolicyJson): Formula {
  return and(
    ...(['principal', 'action', 'resource'] as const).map((name) => ofScope(name, policy[name])),
    ...policy.conditions.map(({ kind, body }) => (kind === 'when' ? read(body) : not(read(body)))),
  );
}

function ofScope(name: 'principal' | 'action' | 'resource', scope: ScopeJson): Formula {
  const left = { Var: name };
  const value = (entity: unknown): Expression => ({ Value: { __entity: entity } });
  switch (scope.op) {
    case 'All':
      return { op: 'constant', value: true };
    case '==':
      return atom({ '==': { left, right: value(scope.entity) } });
    case 'in':
      return atom({
        in: { left, right: scope.entities === undefined ? value(scope.entity) : { Set: scope.entities.map(value) } },
      });
    case 'is': {
      const is = atom({ is: { left, entity_type: scope.entity_type } });
      return scope.in === undefined ? is : and(is, atom({ in: { left, right: value(scope.in.entity) } }));
    }
  }
}

/** Comparisons are written in one way, so that those which say the same are the same. */
function read(expression: Expression): Formula {
  const node = nodeOf(expression);
  switch (node.op) {
    case 'value':
      return typeof node.value === 'boolean' ? { op: 'constant', value: node.value } : atom(expression);
    case '&&':
      return and(read(node.left), read(node.right));
    case '||':
      return or(read(node.left), read(node.right));
    case '!':
      return not(read(node.arg));
    case 'if': {
      const [condition, yes, no] = [read(node.if), read(node.then), read(node.else)];
      return or(and(condition, yes), and(not(condition), no));
    }
    case '==':
    case '!=': {
      const [left, right] = [node.left, node.right].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      const same = atom({ '==': { left, right } });
      return node.op === '==' ? same : not(same);
    }
    case '<':
      return atom(expression);
    case '>':
      return atom({ '<': { left: node.right, right: node.left } });
    case '>=':
      return not(atom({ '<': { left: node.left, right: node.right } }));
    case '<=':
      return not(atom({ '<': { left: node.right, right: node.left } }));
    case 'is': {
      const is = atom({ is: { left: node.left, entity_type: node.type } });
      return node.in === undefined ? is : and(is, atom({ in: { left: node.left, right: node.in } }));
    }
    case 'call': {
      const [left, right] = node.args;
      if (node.name === 'greaterThan') return atom({ lessThan: [right, left] });
      if (node.name === 'greaterThanOrEqual') return not(atom({ lessThan: [left, right] }));
      if (node.name === 'lessThanOrEqual') return not(atom({ lessThan: [right, left] }));
      return atom(expression);
    }
    default:
      return atom(expression);
  }
}

/** The comparisons of formulas, each once. */
export function atomsOf(formulas: readonly Formula[]): ReadonlyMap<string, Expression> {
  const found = new Map<string, Expression>();
  const walk = (formula: Formula): void => {
    if (formula.op === 'atom') found.set(formula.key, formula.expression);
    else if (formula.op === 'not') walk(formula.part);
    else if (formula.op !== 'constant') for (const part of formula.parts) walk(part);
  };
  for (const formula of formulas) walk(formula);
  return found;
}

/**
 * One way to make a formula true, or false; undefined where there is none.
 * @param random from 0 to 1: which alternative is taken
 */
export function literalsFor(formula: Formula, value: boolean, random: () => number): readonly Literal[] | undefined {
  switch (formula.op) {
    case 'constant':
      return formula.value === value ? [] : undefined;
    case 'atom':
      return [{ key: formula.key, value }];
    case 'not':
      return literalsFor(formula.part, !value, random);
    default:
  }
  const { parts } = formula;
  if ((formula.op === 'and') === value) {
    const all = parts.map((part) => literalsFor(part, value, random));
    return all.includes(undefined) ? undefined : all.flatMap((one) => one ?? []);
  }
  // One that comes after others that are as they must not be: what is before it was looked at first.
  const turn = Math.floor(random() * parts.length);
  for (let n = 0; n < parts.length; n++) {
    const part = parts[(turn + n) % parts.length];
    const found = part === undefined ? undefined : literalsFor(part, value, random);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Comparisons of which every combination is tried. */
const MOST_ATOMS = 12;

/** Whether two formulas are true together whatever their comparisons come to; false where that is not known. */
export function areEquivalent(one: Formula, other: Formula): boolean {
  const keys = [...atomsOf([one, other]).keys()];
  if (keys.length > MOST_ATOMS) return false;
  for (let bits = 0; bits < 2 ** keys.length; bits++) {
    const truth = new Map(keys.map((key, at) => [key, (bits & (1 << at)) !== 0]));
    if (holds(one, truth) !== holds(other, truth)) return false;
  }
  return true;
}

function holds(formula: Formula, truth: ReadonlyMap<string, boolean>): boolean {
  switch (formula.op) {
    case 'constant':
      return formula.value;
    case 'atom':
      return truth.get(formula.key) === true;
    case 'not':
      return !holds(formula.part, truth);
    case 'and':
      return formula.parts.every((part) => holds(part, truth));
    case 'or':
      return formula.parts.some((part) => holds(part, truth));
  }
}

/** All expressions within an expression, itself first. */
export function* within(expression: Expression): Generator<Expression> {
  yield expression;
  for (const child of childrenOf(nodeOf(expression))) yield* within(child);
}
