import { compileExpression } from '../evaluate/expression.ts';
import { nodeOf, type Expression, type Node, type PatternElement } from '../load/est.ts';
import { Fault } from '../values/fault.ts';
import type { RecordShape } from '../values/shape.ts';
import { Datetime, Duration } from '../values/time.ts';
import { and, leaf, not, or, type Arithmetic, type Comparison, type Condition, type Field } from './condition.ts';
import { equality, flagOf, order, scalarOf, shifted, visited } from './compare.ts';
import { containment, containsMany, emptiness, membership } from './membership.ts';
import { mentionsResource } from './mentions.ts';
import { opaque, originOf, type Scope, type Translation } from './scope.ts';
import { failed, knownTest, present, test, type Term, type Test } from './term.ts';

/** Translates conditions of a policy to conditions on the items of a list; what it cannot is `opaque`. */
export class Translator {
  readonly #scope: Scope;

  constructor(translation: Translation) {
    this.#scope = {
      ...translation,
      term: (expression) => this.#term(expression),
      test: (expression) => this.test(expression),
    };
  }

  /** A condition: true for the items for which Cedar finds it true, and defined for those for which it does not err. */
  test(expression: Expression): Test {
    const node = nodeOf(expression);
    const all = this.#scope.visit !== undefined;
    switch (node.op) {
      case '&&': {
        const left = this.test(node.left);
        if (left.value === false && left.defined === true && !all) return left;
        const right = this.test(node.right);
        return { value: and(left.value, right.value), defined: and(left.defined, or(not(left.value), right.defined)) };
      }
      case '||': {
        const left = this.test(node.left);
        if (left.value === true && left.defined === true && !all) return left;
        const right = this.test(node.right);
        return { value: or(left.value, right.value), defined: and(left.defined, or(left.value, right.defined)) };
      }
      case '!': {
        const arg = this.test(node.arg);
        return { value: not(arg.value), defined: arg.defined };
      }
      case 'if': {
        const [given, yes, no] = [this.test(node.if), this.test(node.then), this.test(node.else)];
        const choose = (a: Condition, b: Condition) => or(and(given.value, a), and(not(given.value), b));
        return { value: choose(yes.value, no.value), defined: and(given.defined, choose(yes.defined, no.defined)) };
      }
      default:
        return this.#asTest(this.#term(expression), expression);
    }
  }

  #asTest(term: Term, expression: Expression): Test {
    switch (term.kind) {
      case 'known':
        return typeof term.value === 'boolean' ? knownTest(term.value) : failed;
      case 'condition':
        return term;
      case 'operand':
        return term.shape.kind === 'bool' ? flagOf(this.#scope, term, expression) : failed;
      case 'opaque':
        return term.test;
      default:
        return failed;
    }
  }

  #term(expression: Expression): Term {
    if (!mentionsResource(expression)) return this.#known(expression);
    const node = nodeOf(expression);
    switch (node.op) {
      case 'var':
        return { kind: 'resource' };
      case '.':
        return this.#attribute(this.#term(node.left), node.attr, expression);
      case 'call':
        return this.#call(node, expression);
      case 'set':
        return { kind: 'set', elements: node.elements.map((element) => this.#term(element)) };
      case 'record':
        return {
          kind: 'fields',
          fields: new Map([...node.fields].map(([name, value]) => [name, this.#term(value)])),
        };
      case '+':
      case '-':
      case '*':
        return this.#arithmetic(node.op, this.#term(node.left), this.#term(node.right), expression);
      case 'neg':
        return this.#arithmetic('-', { kind: 'known', value: 0 }, this.#term(node.arg), expression);
      case '&&':
      case '||':
      case '!':
        return { kind: 'condition', ...this.test(expression) };
      case 'if':
        return this.#chosen(node, expression);
      case 'getTag':
        return this.#opaque(expression, 'tags of an item are not translated');
      default:
        return { kind: 'condition', ...this.#comparison(node, expression) };
    }
  }

  #known(expression: Expression): Term {
    try {
      return { kind: 'known', value: compileExpression(expression)(this.#scope.request) };
    } catch (error) {
      if (error instanceof Fault) return { kind: 'error' };
      throw error;
    }
  }

  /** `if` as a value: known which, or a condition. */
  #chosen(node: Extract<Node, { op: 'if' }>, expression: Expression): Term {
    const given = this.test(node.if);
    if (given.defined === false) return { kind: 'error' };
    if (given.defined === true && typeof given.value === 'boolean')
      return this.#term(given.value ? node.then : node.else);
    const branches = [this.#term(node.then), this.#term(node.else)];
    if (branches.every((term) => ['condition', 'error', 'opaque'].includes(term.kind) || isTruth(term)))
      return { kind: 'condition', ...this.test(expression) };
    return this.#opaque(expression, "'if' is translated as a whole condition only");
  }

  #opaque(expression: Expression, reason: string): Term {
    return { kind: 'opaque', test: opaque(this.#scope, expression, reason) };
  }

  #attribute(holder: Term, name: string, expression: Expression): Term {
    if (holder.kind === 'error' || holder.kind === 'opaque') return holder;
    if (holder.kind === 'fields') return holder.fields.get(name) ?? { kind: 'error' };
    const above = this.#holderOf(holder);
    if (above === undefined) return { kind: 'error' };
    const attribute = above.shape.attributes.get(name);
    if (attribute === undefined) return { kind: 'error' };
    const field: Field = {
      kind: 'field',
      of: above.of,
      type: above.type,
      path: [...above.path, name],
      shape: attribute.shape,
    };
    const origin = originOf(this.#scope, expression);
    const isThere = () => this.#visited(present(field, origin));
    if (attribute.shape.kind === 'record') {
      const defined = () => and(above.defined(), attribute.required || isThere());
      return { kind: 'record', of: above.of, type: above.type, path: field.path, shape: attribute.shape, defined };
    }
    // What an entity has is there only where the item names the entity, so that needs no question of its own.
    return { kind: 'operand', operand: field, shape: attribute.shape, defined: isThere() };
  }

  /** The record of which a term has the attributes. */
  #holderOf(holder: Term) {
    const { schema, type } = this.#scope;
    const none: RecordShape = { kind: 'record', attributes: new Map(), open: false };
    if (holder.kind === 'resource') {
      const shape = schema.entityTypes.get(type)?.attributes ?? none;
      return { of: undefined, type, path: [], shape, defined: (): Condition => true };
    }
    if (holder.kind === 'record') return holder;
    if (holder.kind !== 'operand' || holder.operand.kind !== 'field' || holder.shape.kind !== 'entity')
      return undefined;
    const { operand, defined } = holder;
    const shape = schema.entityTypes.get(holder.shape.type)?.attributes ?? none;
    return { of: operand, type: holder.shape.type, path: [], shape, defined: (): Condition => defined };
  }

  #visited(condition: Condition): Condition {
    if (typeof condition === 'object' && condition.kind === 'present') this.#scope.visit?.(condition);
    return condition;
  }

  #comparison(node: Node, expression: Expression): Test {
    switch (node.op) {
      case '==':
        return equality(this.#scope, this.#term(node.left), this.#term(node.right), expression);
      case '!=': {
        const same = equality(this.#scope, this.#term(node.left), this.#term(node.right), expression);
        return { value: not(same.value), defined: same.defined };
      }
      case '<':
      case '<=':
      case '>':
      case '>=':
        return order(this.#scope, node.op, this.#term(node.left), this.#term(node.right), expression);
      case 'has':
        return this.#has(node.left, node.path, expression);
      case 'is':
        return this.#is(node, expression);
      case 'in':
        return membership(this.#scope, this.#term(node.left), this.#term(node.right), expression);
      case 'like':
        return this.#like(this.#term(node.left), node.pattern, expression);
      case 'contains':
        return containment(this.#scope, this.#term(node.left), this.#term(node.right), expression);
      case 'containsAll':
      case 'containsAny':
        return containsMany(this.#scope, node.op, this.#term(node.left), this.#term(node.right), expression);
      case 'isEmpty':
        return emptiness(this.#scope, this.#term(node.arg), expression);
      default:
        return opaque(this.#scope, expression, `'${node.op}' on attributes of an item is not translated`);
    }
  }

  #is({ left, type, in: group }: Extract<Node, { op: 'is' }>, expression: Expression): Test {
    const term = this.#term(left);
    if (term.kind === 'error') return failed;
    if (term.kind === 'opaque') return term.test;
    const named = term.kind === 'operand' && term.shape.kind === 'entity' ? term.shape.type : undefined;
    const own = term.kind === 'resource' ? this.#scope.type : named;
    if (own === undefined) return failed;
    const defined = term.kind === 'operand' ? term.defined : true;
    if (own !== type) return test(false, defined);
    return group === undefined ? test(true, defined) : membership(this.#scope, term, this.#term(group), expression);
  }

  #has(left: Expression, path: readonly string[], expression: Expression): Test {
    const [name, ...deeper] = path;
    const holder = this.#term(left);
    if (holder.kind === 'error' || name === undefined) return failed;
    if (holder.kind === 'opaque') return holder.test;
    if (holder.kind === 'fields') return knownTest(holder.fields.has(name));
    const above = this.#holderOf(holder);
    if (above === undefined) return failed;
    const defined = above.defined();
    const attribute = above.shape.attributes.get(name);
    if (attribute === undefined) return test(false, defined);
    const field: Field = {
      kind: 'field',
      of: above.of,
      type: above.type,
      path: [...above.path, name],
      shape: attribute.shape,
    };
    const isThere = this.#visited(present(field, originOf(this.#scope, expression)));
    if (deeper.length === 0) return test(isThere, defined);
    const next = this.#has({ '.': { left, attr: name } }, deeper, expression);
    return { value: and(isThere, next.value), defined };
  }

  #like(term: Term, pattern: readonly PatternElement[], expression: Expression): Test {
    if (term.kind === 'error') return failed;
    if (term.kind === 'opaque') return term.test;
    if (term.kind !== 'operand' || term.operand.kind !== 'field' || term.shape.kind !== 'string') return failed;
    const origin = originOf(this.#scope, expression);
    return test(visited(this.#scope, leaf({ kind: 'like', field: term.operand, pattern, origin })), term.defined);
  }

  #arithmetic(op: Arithmetic['op'], left: Term, right: Term, expression: Expression): Term {
    for (const term of [left, right]) if (term.kind === 'error' || term.kind === 'opaque') return term;
    const [one, other] = [scalarOf(left), scalarOf(right)];
    if (one?.type !== 'long' || other?.type !== 'long') return { kind: 'error' };
    const operand: Arithmetic = { kind: 'arithmetic', op, left: one.operand, right: other.operand };
    const fits = visited(
      this.#scope,
      leaf({ kind: 'fits', value: operand, origin: originOf(this.#scope, expression) }),
    );
    return {
      kind: 'operand',
      operand,
      shape: { kind: 'long' },
      defined: [one.defined, other.defined, fits].reduce(and),
    };
  }

  #call({ name, args }: Extract<Node, { op: 'call' }>, expression: Expression): Term {
    const [first, second] = args.map((argument) => this.#term(argument));
    for (const term of [first, second]) if (term?.kind === 'error' || term?.kind === 'opaque') return term;
    if (first === undefined || second === undefined)
      return this.#opaque(expression, `'${name}' on attributes of an item is not translated`);
    if (name === 'offset' && second.kind === 'known')
      return second.value instanceof Duration
        ? shifted(this.#scope, first, Number(second.value.milliseconds), expression)
        : { kind: 'error' };
    if (name === 'durationSince')
      return isTime(first) && isTime(second) ? { kind: 'difference', from: second, to: first } : { kind: 'error' };
    const op = decimalOperators.get(name);
    if (op === undefined) return this.#opaque(expression, `'${name}' on attributes of an item is not translated`);
    const [one, other] = [scalarOf(first), scalarOf(second)];
    if (one?.type !== 'decimal' || other?.type !== 'decimal') return { kind: 'error' };
    const origin = originOf(this.#scope, expression);
    const compared = leaf({ kind: 'compare', op, left: one.operand, right: other.operand, origin });
    return { kind: 'condition', ...test(visited(this.#scope, compared), one.defined, other.defined) };
  }
}

const decimalOperators: ReadonlyMap<string, Comparison> = new Map([
  ['lessThan', '<'],
  ['lessThanOrEqual', '<='],
  ['greaterThan', '>'],
  ['greaterThanOrEqual', '>='],
]);

const isTruth = (term: Term): boolean =>
  (term.kind === 'known' && typeof term.value === 'boolean') || (term.kind === 'operand' && term.shape.kind === 'bool');

const isTime = (term: Term): boolean =>
  (term.kind === 'operand' && term.shape.kind === 'datetime') ||
  (term.kind === 'known' && term.value instanceof Datetime);
