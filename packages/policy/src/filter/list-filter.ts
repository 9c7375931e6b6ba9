import { CastellanError } from '@castellan/contract';
import { fits } from '../evaluate/index-policies.ts';
import { noEntities, type Evaluation } from '../evaluate/request.ts';
import type { PolicyJson, ScopeJson } from '../load/est.ts';
import { placeOfPolicy, type LoadedPolicies, type LoadedPolicy } from '../load/policies.ts';
import type { SchemaModel } from '../load/schema.ts';
import { placeOf } from '../load/source.ts';
import { Entity, EntityRef, type EntitySource } from '../values/entity.ts';
import { CedarRecord } from '../values/record.ts';
import { and, fragmentOf, not, or, where, type Condition } from './fragment.ts';
import type { TableMapping } from './mapping.ts';
import { knownTest, type Test } from './term.ts';
import { Translator, type Translation } from './translate.ts';

/** Who asks for a list, by what operation, of which type. */
export interface ListRequest {
  readonly principal: EntityRef;
  readonly action: EntityRef;
  /** The entity type of the list's items. */
  readonly type: string;
  readonly context?: CedarRecord;
  /** Looks up groups and other entities that the policies ask about. */
  readonly entities?: EntitySource;
}

/** A condition of SQL with its parameters apart: `$1`, `$2`… in `text` are `params[0]`, `params[1]`… */
export interface SqlCondition {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** What of a type a principal may see or do something with. */
export interface ListFilter {
  /** `all` or `none` where no row can change the answer. */
  readonly scope: 'all' | 'none' | 'some';
  /**
   * The condition for PostgreSQL: exactly the rows that `decide` permits one by one.
   * @throws CastellanError `untranslatable` with the place of what a table cannot answer
   */
  sql(mapping?: TableMapping): SqlCondition;
  /**
   * The condition as an expression of Kysely: `where(filter.kysely(sql))` with Kysely's own `sql`.
   * @throws as {@link ListFilter.sql}
   */
  kysely<Expression>(
    tag: (strings: TemplateStringsArray, ...params: unknown[]) => Expression,
    mapping?: TableMapping,
  ): Expression;
  /** Whether one item, by its id and its plain attributes, is permitted. */
  readonly test: (id: string, attributes: object, parents?: readonly EntityRef[]) => boolean;
}

/** Evaluates all that does not depend on the items of a list. */
export class PartialPolicies implements Omit<ListFilter, 'test'> {
  readonly #policies: LoadedPolicies['policies'];
  readonly #schema: SchemaModel;
  readonly #request: Evaluation;
  readonly #type: string;

  constructor(loaded: LoadedPolicies, schema: SchemaModel | undefined, declared: EntitySource, list: ListRequest) {
    if (schema === undefined || !schema.entityTypes.has(list.type)) {
      throw new CastellanError({
        code: 'unknown-type',
        message:
          schema === undefined ? 'lists are filtered by a schema' : `the schema has no entity type '${list.type}'`,
        mend:
          schema === undefined
            ? 'compile the policies with one'
            : `use one of ${[...schema.entityTypes.keys()].join(', ')}`,
      });
    }
    const { action } = list;
    this.#schema = schema;
    this.#type = list.type;
    this.#request = {
      principal: list.principal,
      action: action instanceof Entity ? action : (declared(action.type, action.id) ?? action),
      resource: new EntityRef(list.type, ''),
      context: list.context ?? CedarRecord.empty,
      entities: list.entities ?? noEntities,
      declared,
      closures: undefined,
    };
    const { principal } = this.#request;
    this.#policies = loaded.policies.filter(
      ({ json }) =>
        fits(json.principal, principal, this.#request) && fits(json.action, this.#request.action, this.#request),
    );
  }

  get scope(): 'all' | 'none' | 'some' {
    try {
      const condition = this.#condition({});
      return typeof condition === 'boolean' ? (condition ? 'all' : 'none') : 'some';
    } catch (error) {
      if (error instanceof CastellanError) return 'some';
      throw error;
    }
  }

  sql(mapping: TableMapping = {}): SqlCondition {
    const { strings, params } = fragmentOf(this.#condition(mapping));
    const text = strings.reduce((before, after, index) => `${before}$${index}${after}`);
    return { text, params };
  }

  kysely<T>(tag: (strings: TemplateStringsArray, ...params: unknown[]) => T, mapping: TableMapping = {}): T {
    const { strings, params } = fragmentOf(this.#condition(mapping));
    return tag(Object.assign([...strings], { raw: [...strings] }), ...params);
  }

  #condition(mapping: TableMapping): Condition {
    let permitted: Condition = false;
    let forbidden: Condition = false;
    for (const policy of this.#policies) {
      const { value, defined } = this.#satisfied(policy, mapping);
      const condition = where(defined, value);
      if (policy.json.effect === 'permit') permitted = or(permitted, condition);
      else forbidden = or(forbidden, condition);
    }
    return and(permitted, not(forbidden));
  }

  #satisfied(policy: LoadedPolicy, mapping: TableMapping): Test {
    const { piece, json } = policy;
    const translation: Translation = {
      request: this.#request,
      type: this.#type,
      schema: this.#schema,
      mapping,
      place: (expression) => {
        const at = piece.text.indexOf(expression);
        return at < 0 ? placeOfPolicy(policy) : placeOf(piece.source, piece.start + at);
      },
    };
    const translator = new Translator(translation);
    return json.conditions.reduce(
      (before, { kind, body }) => {
        if (before.value === false && before.defined === true) return before;
        const { value, defined } = translator.test(body);
        const holds = kind === 'when' ? value : not(value);
        return { value: and(before.value, holds), defined: and(before.defined, or(not(before.value), defined)) };
      },
      headTest(json, translator),
    );
  }
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
