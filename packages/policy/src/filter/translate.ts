import { CastellanError, type Place } from '@castellan/contract';
import { compileExpression } from '../evaluate/expression.ts';
import { ancestors, find, type Evaluation } from '../evaluate/request.ts';
import { nodeOf, type Binary, type Expression, type Node, type PatternElement } from '../load/est.ts';
import { showExpression } from '../load/show.ts';
import type { SchemaModel } from '../load/schema.ts';
import { Decimal } from '../values/decimal.ts';
import { EntityRef } from '../values/entity.ts';
import { Fault } from '../values/fault.ts';
import { CedarSet } from '../values/set.ts';
import { Datetime, Duration } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import { and, not, or, quoted, raw, sql, type Fragment } from './fragment.ts';
import type { Column, TableMapping } from './mapping.ts';
import { mentionsResource } from './mentions.ts';
import { decimalOperators, failed, isDefined, knownTest, test, typeName, type Term, type Test } from './term.ts';

/** What one translation works with. */
export interface Translation {
  /** The request with everything but the resource's attributes. */
  readonly request: Evaluation;
  /** The entity type of the rows. */
  readonly type: string;
  readonly schema: SchemaModel;
  readonly mapping: TableMapping;
  /** Where a part of the policy stands. */
  readonly place: (expression: string) => Place;
}

/** Translates conditions of a policy to SQL; what it cannot, it refuses with its place. */
export class Translator {
  readonly #with: Translation;

  constructor(translation: Translation) {
    this.#with = translation;
  }

  /** A condition: TRUE for the rows for which Cedar finds it true, and defined for those for which it does not err. */
  test(expression: Expression): Test {
    const node = nodeOf(expression);
    switch (node.op) {
      case '&&': {
        const left = this.test(node.left);
        if (left.value === false && left.defined === true) return left;
        const right = this.test(node.right);
        return { value: and(left.value, right.value), defined: and(left.defined, or(not(left.value), right.defined)) };
      }
      case '||': {
        const left = this.test(node.left);
        if (left.value === true && left.defined === true) return left;
        const right = this.test(node.right);
        return { value: or(left.value, right.value), defined: and(left.defined, or(left.value, right.defined)) };
      }
      case '!': {
        const arg = this.test(node.arg);
        return { value: not(arg.value), defined: arg.defined };
      }
      case 'if': {
        const [given, yes, no] = [this.test(node.if), this.test(node.then), this.test(node.else)];
        const choose = (a: Test['value'], b: Test['value']) => or(and(given.value, a), and(not(given.value), b));
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
      case 'column':
        return term.shape.kind === 'bool' ? term : failed;
      case 'error':
        return failed;
      default:
        throw this.#refusal(expression, 'it is no condition');
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
      case '&&':
      case '||':
      case '!':
        return { kind: 'condition', ...this.test(expression) };
      case 'if':
        throw this.#refusal(expression, "'if' is translated as a whole condition only");
      default:
        return { kind: 'condition', ...this.#comparison(node, expression) };
    }
  }

  #known(expression: Expression): Term {
    try {
      return { kind: 'known', value: compileExpression(expression)(this.#with.request) };
    } catch (error) {
      if (error instanceof Fault) return { kind: 'error' };
      throw error;
    }
  }

  #attribute(holder: Term, name: string, expression: Expression): Term {
    if (holder.kind === 'error') return holder;
    const [record, path] = this.#recordOf(holder, name, expression);
    const attribute = record?.attributes.get(name);
    if (attribute === undefined) return { kind: 'error' };
    if (attribute.shape.kind === 'record') {
      const above = holder.kind === 'record' ? holder.defined : () => true;
      const defined = () => and(above(), attribute.required || sql`${this.#column(path, expression)} IS NOT NULL`);
      return { kind: 'record', path, shape: attribute.shape, defined };
    }
    const value = this.#column(path, expression);
    return { kind: 'column', shape: attribute.shape, value, defined: isDefined(value, attribute.shape) };
  }

  #recordOf(holder: Term, name: string, expression: Expression) {
    if (holder.kind === 'resource') {
      return [this.#with.schema.entityTypes.get(this.#with.type)?.attributes, name] as const;
    }
    if (holder.kind === 'record') return [holder.shape, `${holder.path}.${name}`] as const;
    throw this.#refusal(expression, 'attributes of other entities are not in the table');
  }

  #column(path: string, expression: Expression): Fragment {
    const { columns = {} } = this.#with.mapping;
    if (Object.hasOwn(columns, path)) return this.#named(columns[path] ?? path);
    if (path.includes('.')) throw this.#refusal(expression, `no column is named for '${path}'`);
    return this.#named(path);
  }

  #named(column: Column): Fragment {
    if (typeof column !== 'string') return raw(`(${column.sql})`);
    const { table } = this.#with.mapping;
    return table === undefined ? quoted(column) : sql`${quoted(table)}.${quoted(column)}`;
  }

  #comparison(node: Node, expression: Expression): Test {
    switch (node.op) {
      case '==':
        return this.#equality(node, expression);
      case '!=': {
        const same = this.#equality(node, expression);
        return { value: not(same.value), defined: same.defined };
      }
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#order(node.op, node, expression);
      case 'has':
        return this.#has(node.left, node.path, expression);
      case 'is': {
        if (this.#term(node.left).kind !== 'resource') break;
        const isType = knownTest(this.#with.type === node.type);
        return node.in === undefined || isType.value === false ? isType : this.#in(node.left, node.in, expression);
      }
      case 'in':
        return this.#in(node.left, node.right, expression);
      case 'like':
        return this.#like(this.#term(node.left), node.pattern, expression);
      case 'contains':
        return this.#contains(this.#term(node.left), this.#term(node.right), expression);
      case 'containsAll':
      case 'containsAny':
        return this.#containsMany(node.op, this.#term(node.left), this.#term(node.right), expression);
      case 'isEmpty': {
        const set = this.#term(node.arg);
        if (set.kind === 'column' && set.shape.kind === 'set')
          return test(sql`cardinality(${set.value}) = 0`, set.defined);
        break;
      }
      default:
    }
    throw this.#refusal(expression, `'${node.op}' on columns is not translated`);
  }

  #equality({ left, right }: Binary, expression: Expression): Test {
    const [a, b] = [this.#term(left), this.#term(right)];
    if (a.kind === 'error' || b.kind === 'error') return failed;
    if (a.kind === 'resource' && b.kind === 'resource') return knownTest(true);
    if (a.kind === 'resource') return this.#isResource(b, expression);
    if (b.kind === 'resource') return this.#isResource(a, expression);
    const [one, other] = [this.#scalar(a, expression), this.#scalar(b, expression)];
    if (one.type !== other.type) return test(false, one.defined, other.defined);
    return test(sql`${one.value} = ${other.value}`, one.defined, other.defined);
  }

  /** Whether the row itself is what a term names. */
  #isResource(term: Term, expression: Expression): Test {
    const scalar = this.#scalar(term, expression);
    if (scalar.type !== `entity ${this.#with.type}`) return test(false, scalar.defined);
    return test(sql`${this.#named(this.#with.mapping.id ?? 'id')} = ${scalar.value}`, scalar.defined);
  }

  #order(op: '<' | '<=' | '>' | '>=', { left, right }: Binary, expression: Expression): Test {
    const [a, b] = [this.#term(left), this.#term(right)];
    if (a.kind === 'error' || b.kind === 'error') return failed;
    const [one, other] = [this.#scalar(a, expression), this.#scalar(b, expression)];
    if (one.type !== other.type || !['long', 'datetime'].includes(one.type)) return failed;
    return test(sql`${one.value} ${raw(op)} ${other.value}`, one.defined, other.defined);
  }

  #has(left: Expression, path: readonly string[], expression: Expression): Test {
    const [name, second] = path;
    const holder = this.#term(left);
    if (holder.kind === 'error') return failed;
    if (name === undefined || second !== undefined)
      throw this.#refusal(expression, 'write one attribute after another');
    const [record, column] = this.#recordOf(holder, name, expression);
    const defined = holder.kind === 'record' ? holder.defined() : true;
    if (record?.attributes.get(name) === undefined) return test(false, defined);
    return test(sql`${this.#column(column, expression)} IS NOT NULL`, defined);
  }

  /** `resource in …`, `resource.x in …`, `principal in resource.x`. */
  #in(left: Expression, right: Expression, expression: Expression): Test {
    const [member, group] = [this.#term(left), this.#term(right)];
    if (member.kind === 'error' || group.kind === 'error') return failed;
    if (group.kind === 'known') {
      const groups = group.value instanceof CedarSet ? [...group.value.values()] : [group.value];
      if (!groups.every((one) => one instanceof EntityRef)) return failed;
      const tests = groups.map((one) => this.#inGroup(member, one, expression));
      return tests.reduce(
        (a, b) => ({ value: or(a.value, b.value), defined: and(a.defined, b.defined) }),
        knownTest(false),
      );
    }
    if (member.kind === 'known' && group.kind === 'column' && group.shape.kind === 'entity') {
      if (!(member.value instanceof EntityRef)) return failed;
      const ids = this.#groupsOf(member.value, group.shape.type);
      return test(sql`${group.value} = ANY(${ids})`, group.defined);
    }
    throw this.#refusal(expression, 'both sides depend on the row');
  }

  #inGroup(member: Term, group: EntityRef, expression: Expression): Test {
    if (member.kind === 'resource') return this.#resourceIn(group, expression);
    if (member.kind !== 'column' || member.shape.kind !== 'entity') return failed;
    const { type } = member.shape;
    const isItself = group.type === type ? sql`${member.value} = ${group.id}` : false;
    const model = this.#with.schema.entityTypes.get(type);
    if (model?.ancestors.has(group.type) !== true) return test(isItself, member.defined);
    const members = this.#with.mapping.members?.(group, type);
    if (members === undefined) throw this.#refusal(expression, `who is in ${group} is not known: give 'members'`);
    return test(or(isItself, sql`${member.value} = ANY(${[...members]})`), member.defined);
  }

  #resourceIn(group: EntityRef, expression: Expression): Test {
    const { type, schema, mapping } = this.#with;
    const isItself = group.type === type ? sql`${this.#named(mapping.id ?? 'id')} = ${group.id}` : false;
    const ancestorTypes = schema.entityTypes.get(type)?.ancestors;
    if (ancestorTypes?.has(group.type) !== true) return { value: isItself, defined: true };
    const column = mapping.parents?.[group.type];
    const isDeep = [...ancestorTypes].some(
      (other) => schema.entityTypes.get(other)?.ancestors.has(group.type) === true,
    );
    if (column === undefined || isDeep)
      throw this.#refusal(expression, `what is in ${group} is not in the table: name it in 'parents'`);
    return { value: or(isItself, sql`COALESCE(${this.#named(column)} = ${group.id}, FALSE)`), defined: true };
  }

  #groupsOf(member: EntityRef, type: string): string[] {
    const { request } = this.#with;
    const entity = find(request, member);
    const groups = entity === undefined ? [] : [...(ancestors(request, entity).get(type) ?? [])];
    return member.type === type ? [member.id, ...groups] : groups;
  }

  #like(term: Term, pattern: readonly PatternElement[], expression: Expression): Test {
    if (term.kind === 'error') return failed;
    if (term.kind !== 'column') throw this.#refusal(expression, "'like' is translated on columns only");
    if (term.shape.kind !== 'string') return failed;
    const like = pattern.map((element) => (element === 'Wildcard' ? '%' : element.Literal.replace(/[\\%_]/g, '\\$&')));
    return test(sql`${term.value} LIKE ${this.#text(like.join(''), expression)}`, term.defined);
  }

  #contains(set: Term, element: Term, expression: Expression): Test {
    if (set.kind === 'error' || element.kind === 'error') return failed;
    if (set.kind === 'known' && element.kind !== 'known') {
      if (!(set.value instanceof CedarSet)) return failed;
      const scalar = this.#scalar(element, expression);
      const values = [...set.value.values()].map((value) => this.#scalar({ kind: 'known', value }, expression));
      const same = values
        .filter(({ type }) => type === scalar.type)
        .map(({ value }) => sql`${scalar.value} = ${value}`);
      return test(same.reduce<Test['value']>(or, false), scalar.defined);
    }
    if (set.kind !== 'column' || set.shape.kind !== 'set') throw this.#refusal(expression, 'the set is no column');
    const scalar = this.#scalar(element, expression);
    if (scalar.type !== typeName(set.shape.of)) return test(false, set.defined, scalar.defined);
    return test(sql`COALESCE(${scalar.value} = ANY(${set.value}), FALSE)`, set.defined, scalar.defined);
  }

  #containsMany(op: 'containsAll' | 'containsAny', set: Term, other: Term, expression: Expression): Test {
    if (set.kind === 'error' || other.kind === 'error') return failed;
    if (set.kind !== 'column' || set.shape.kind !== 'set' || other.kind !== 'known') {
      throw this.#refusal(expression, 'write the column first and a set that does not depend on the row second');
    }
    if (!(other.value instanceof CedarSet)) return failed;
    const values = [...other.value.values()];
    if (typeName(set.shape.of) !== 'string' || !values.every((value) => typeof value === 'string')) {
      throw this.#refusal(expression, 'only sets of texts are translated');
    }
    for (const value of values) this.#text(value, expression);
    const operator = raw(op === 'containsAll' ? '@>' : '&&');
    return test(sql`${set.value} ${operator} ${values}::text[]`, set.defined);
  }

  #call({ name, args }: Extract<Node, { op: 'call' }>, expression: Expression): Term {
    const [first, second = { kind: 'error' } as const] = args.map((argument) => this.#term(argument));
    if (first === undefined || first.kind === 'error' || second.kind === 'error') return { kind: 'error' };
    if (name === 'offset') {
      if (first.kind === 'column' && first.shape.kind === 'datetime' && second.kind === 'known') {
        if (!(second.value instanceof Duration)) return { kind: 'error' };
        const milliseconds = Number(second.value.milliseconds);
        if (Math.abs(milliseconds) > 1e15) throw this.#refusal(expression, 'the duration is too long for SQL');
        const value = sql`(${first.value} + ${`${milliseconds} milliseconds`}::interval)`;
        return { kind: 'column', shape: first.shape, value, defined: first.defined };
      }
    }
    const operator = decimalOperators[name];
    if (operator !== undefined) {
      const [one, other] = [this.#scalar(first, expression), this.#scalar(second, expression)];
      if (one.type !== 'decimal' || other.type !== 'decimal') return { kind: 'error' };
      return {
        kind: 'condition',
        ...test(sql`${one.value} ${raw(operator)} ${other.value}`, one.defined, other.defined),
      };
    }
    throw this.#refusal(expression, `'${name}' on columns is not translated`);
  }

  /** A term as one SQL value, with the name of its type. */
  #scalar(term: Term, expression: Expression): { type: string; value: Fragment; defined: Test['defined'] } {
    if (term.kind === 'column') return { type: typeName(term.shape), value: term.value, defined: term.defined };
    if (term.kind === 'condition' && typeof term.value !== 'boolean') {
      return { type: 'bool', value: term.value, defined: term.defined };
    }
    if (term.kind === 'condition' && typeof term.value === 'boolean') {
      return { type: 'bool', value: raw(term.value ? 'TRUE' : 'FALSE'), defined: term.defined };
    }
    if (term.kind === 'known') return { ...this.#parameter(term.value, expression), defined: true };
    throw this.#refusal(expression, 'records are compared by their parts only');
  }

  #parameter(value: Value, expression: Expression): { type: string; value: Fragment } {
    switch (typeof value) {
      case 'string':
        return { type: 'string', value: sql`${this.#text(value, expression)}` };
      case 'boolean':
        return { type: 'bool', value: raw(value ? 'TRUE' : 'FALSE') };
      case 'number':
      case 'bigint':
        return { type: 'long', value: sql`${String(value)}::bigint` };
    }
    if (value instanceof EntityRef) {
      return { type: `entity ${value.type}`, value: sql`${this.#text(value.id, expression)}` };
    }
    if (value instanceof Datetime) {
      const time = new Date(Number(value.milliseconds));
      if (!Number.isNaN(time.getTime()) && time.getUTCFullYear() > 0 && time.getUTCFullYear() < 10_000) {
        return { type: 'datetime', value: sql`${time.toISOString()}::timestamptz` };
      }
    }
    if (value instanceof Decimal) {
      const text = /"(.*)"/.exec(value.toString())?.[1] ?? '';
      return { type: 'decimal', value: sql`${text}::numeric` };
    }
    throw this.#refusal(expression, `${value} is not translated`);
  }

  #text(text: string, expression: Expression): string {
    if (text.includes('\0')) throw this.#refusal(expression, 'PostgreSQL has no texts with NUL');
    return text;
  }

  #refusal(expression: Expression, reason: string): CastellanError {
    const text = showExpression(expression);
    return new CastellanError({
      code: 'untranslatable',
      message: `${text.length > 120 ? `${text.slice(0, 120)}…` : text} cannot become SQL: ${reason}`,
      place: this.#with.place(text),
      mend: 'filter with the JavaScript predicate, or write the condition with what a table holds',
    });
  }
}
