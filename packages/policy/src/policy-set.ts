import type { CastellanError } from '@castellan/contract';
import { compilePolicy } from './evaluate/compile-policy.ts';
import { fits, PolicyIndex, type Outcome } from './evaluate/index-policies.ts';
import { PreparedPolicies } from './evaluate/prepare.ts';
import { noEntities, type Evaluation } from './evaluate/request.ts';
import { checkPolicies, type PolicyFinding } from './explain/check.ts';
import { Coverage, type ConditionCoverage } from './explain/coverage.ts';
import { unusablePolicies } from './explain/unusable.ts';
import { explainPolicy, type Explanation } from './explain/explain.ts';
import type { SensitiveProperties } from './explain/sensitive.ts';
import type { Condition, Leaf } from './filter/condition.ts';
import type { ListFilter, ListQuery, ListRequest } from './filter/list-filter.ts';
import { partialCondition, schemaFor } from './filter/partial.ts';
import { probe } from './filter/probe.ts';
import { queryOf, queryOfAll } from './filter/query.ts';
import { loadPolicies, PoliciesError, validate, type LoadedPolicies, type PoliciesInput } from './load/policies.ts';
import { schemaWithShares } from './load/shared-schema.ts';
import { readSchema, type SchemaInput, type SchemaModel } from './load/schema.ts';
import { entitiesFromJson, type EntityJson, type UidInput } from './values/entities-from-json.ts';
import { Entity, EntityRef, type EntitySource } from './values/entity.ts';
import { fromJson, recordFromJson, uidFromJson } from './values/from-json.ts';
import { LiftedRecord } from './values/lift.ts';
import { Malformed, part, whole } from './values/malformed.ts';
import { CedarRecord } from './values/record.ts';

/** Options of {@link compilePolicies}. */
export interface CompileOptions extends PoliciesInput {
  /**
   * The schema that every policy is type-checked against, in Cedar's text or JSON form. With one, requests and entities
   * in JSON form must follow it too.
   */
  readonly schema?: SchemaInput | undefined;
  /** `off` uses the schema without type-checking the policies: for tests of policies that err. */
  readonly validation?: 'strict' | 'off' | undefined;
  /**
   * `refuse` makes an error of a policy that does not decide what it says: that no request which the schema allows can
   * satisfy, that asks for what is never there, a template without links. `allow` where not said.
   */
  readonly impossible?: 'refuse' | 'allow' | undefined;
  /** Why properties are no attributes of the schema, by name: see `PolicySchema.leftOut`. */
  readonly leftOut?: ReadonlyMap<string, string> | undefined;
}

/** A request in Cedar's JSON form, as cedar-wasm's `AuthorizationCall` takes it. */
export interface AuthorizationRequest {
  readonly principal: UidInput;
  readonly action: UidInput;
  readonly resource: UidInput;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly entities?: readonly EntityJson[];
}

/**
 * A request without conversion, for the guard. Entities that are given as {@link Entity} bring their attributes; those
 * that are only named are looked up.
 */
export interface FastRequest {
  readonly principal: EntityRef;
  readonly action: EntityRef;
  readonly resource: EntityRef;
  readonly context?: CedarRecord;
  readonly entities?: EntitySource;
}

/** What an entity belongs to, and its tags. */
export interface EntityLinks {
  readonly parents?: readonly EntityRef[];
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** Options of {@link PolicySet.explain}. */
export interface ExplainOptions {
  /** Properties whose values are hidden: see {@link sensitiveProperties}. */
  readonly sensitive?: SensitiveProperties | undefined;
}

/** The answer to a request. */
export interface Decision {
  readonly decision: 'allow' | 'deny';
  /** The policies that determined it: all satisfied `forbid` policies, or else all satisfied `permit` policies. */
  readonly reasons: readonly string[];
  /** Policies that could not be evaluated; they had no part in the decision. */
  readonly errors: readonly { readonly policyId: string; readonly message: string }[];
}

/** A request that is asked of many resources. */
export interface PreparedRequest {
  /**
   * Whether {@link PolicySet.decideFast} would allow and no policy err. Where it is false, ask that for the reasons: the
   * decision may still be to allow, with errors.
   */
  permits(resource: EntityRef): boolean;
  /** What `permits` was true for so far, by type. */
  permitted(): readonly Permitted[];
}

/** What of one type was permitted, and by which policies. */
export interface Permitted {
  readonly type: string;
  /** The one resource; undefined where there were several. */
  readonly id: string | undefined;
  /** How often it was asked and permitted. */
  readonly count: number;
  /** Ids of the policies that permitted some of it. */
  readonly policies: readonly string[];
}

/** Policies, compiled. It never changes; compile another when policies do. */
export interface PolicySet {
  /** Ids of the policies, in the order in which they were given; templates are not among them. */
  readonly ids: readonly string[];
  readonly loaded: LoadedPolicies;
  readonly schema: SchemaModel | undefined;

  /**
   * Decides a request in Cedar's JSON form, exactly as the official engine does.
   * @throws CastellanError `bad-request` for a request that is malformed or breaks the schema: refuse it
   */
  decide(request: AuthorizationRequest): Decision;

  /** Decides a request whose entities and context are {@link Entity} and {@link CedarRecord} already. Never throws. */
  decideFast(request: FastRequest): Decision;

  /**
   * Whether one policy is satisfied, looking at nothing that only other policies need.
   * @param id one of {@link PolicySet.ids}
   */
  satisfies(id: string, request: FastRequest): boolean;

  /**
   * Decides on many resources for one principal, action and context: for lists. What does not depend on the resource is
   * evaluated when the first resource of a type is asked for and not again, so prepare anew when `entities` would give
   * another answer. What errs outside of Cedar's rules, as an attribute that throws, is thrown.
   */
  prepare(request: Omit<FastRequest, 'resource'>): PreparedRequest;

  /**
   * An entity of plain JavaScript values for {@link PolicySet.decideFast}: nothing is converted until a policy asks.
   * @param attributes own properties only; the schema says which texts are times, decimals, addresses or ids of entities
   */
  entity(type: string, id: string, attributes?: object, links?: EntityLinks): Entity;

  /** A context of plain JavaScript values, read by the schema's types for the action. See {@link PolicySet.entity}. */
  context(action: EntityRef, values: object): CedarRecord;

  /**
   * What of a type a principal may do an action with, for lists: the same policies as a condition for the database and
   * as a predicate.
   * @throws CastellanError `unknown-type` without a schema or for a type that it has not
   */
  filter(request: ListRequest): ListFilter;

  /**
   * Several conditions that items of a type must all pass, for the database.
   * @throws CastellanError `unknown-type`
   */
  query(type: string, conditions: readonly Condition[]): ListQuery;

  /**
   * What of the policies for an action a store of items cannot be asked, whoever calls: the errors that a filter would throw.
   * @param write writes one question, as `(leaf) => new SqlWriter(…).condition(leaf)` does
   */
  untranslatable(action: EntityRef, type: string, write: (leaf: Leaf) => void): readonly CastellanError[];

  /** Decides a request and says what each policy for its action had to do with it. Not for every request: it is slow. */
  explain(request: FastRequest, options?: ExplainOptions): Explanation;

  /** Starts recording which conditions requests try; give requests to its `record`. */
  coverage(): { record(request: FastRequest): void; conditions(): readonly ConditionCoverage[] };

  /** Policies that can never apply, add nothing, or permit everybody. */
  check(): readonly PolicyFinding[];

  /** Turns a request in Cedar's JSON form into the fast one. Throws as {@link PolicySet.decide} does. */
  convert(request: AuthorizationRequest): Required<FastRequest>;
}

/**
 * Reads, type-checks and compiles Cedar policies. The official engine does the first two; no part of it is used when
 * requests are decided.
 * @example
 * const policies = compilePolicies({ policies: 'permit(principal == User::"alice", action, resource);' });
 * policies.decide({
 *   principal: { type: 'User', id: 'alice' },
 *   action: { type: 'Action', id: 'view' },
 *   resource: { type: 'Photo', id: '1' },
 * }); // { decision: 'allow', reasons: ['policy0'], errors: [] }
 * @throws PoliciesError with file, line, column and mend of everything that is wrong: `bad-policy` (syntax),
 * `policy-type` (against the schema), `never-applies`, `unknown-attribute`, `unlinked-template`, `duplicate-policy-id`, `unknown-template`, `bad-link`; CastellanError `bad-schema`
 */
export function compilePolicies(options: CompileOptions): PolicySet {
  const input = schemaWithShares(options);
  const schema = input === undefined ? undefined : readSchema(input);
  const loaded = loadPolicies(options);
  const validation = schema === undefined || options.validation === 'off' ? undefined : validate(loaded, schema);
  const [first, ...others] = validation?.errors ?? [];
  if (first !== undefined) throw new PoliciesError([first, ...others]);
  const [idle, ...more] =
    options.impossible === 'refuse' ? unusablePolicies(loaded, schema, validation, options.leftOut) : [];
  if (idle !== undefined) throw new PoliciesError([idle.problem, ...more.map(({ problem }) => problem)]);
  return new CompiledSet(loaded, schema, options.leftOut);
}

class CompiledSet implements PolicySet {
  readonly ids: readonly string[];
  readonly loaded: LoadedPolicies;
  readonly schema: SchemaModel | undefined;
  readonly #index = new PolicyIndex();
  /** Each policy by itself, once it was asked for. */
  readonly #alone = new Map<string, PolicyIndex>();
  readonly #declared: EntitySource;
  readonly #leftOut: ReadonlyMap<string, string> | undefined;

  constructor(
    loaded: LoadedPolicies,
    schema: SchemaModel | undefined,
    leftOut: ReadonlyMap<string, string> | undefined,
  ) {
    this.#leftOut = leftOut;
    this.loaded = loaded;
    this.schema = schema;
    this.ids = loaded.policies.map(({ id }) => id);
    const actions = schema?.actions;
    this.#declared = actions === undefined ? noEntities : (type, id) => actions.get(type)?.get(id)?.entity;
    for (const [position, { id, json }] of loaded.policies.entries()) {
      this.#index.add(compilePolicy(id, position, json), json);
    }
  }

  decide(request: AuthorizationRequest): Decision {
    return this.decideFast(this.convert(request));
  }

  decideFast(request: FastRequest): Decision {
    return decisionOf(this.#index.evaluate(this.#evaluation(request)));
  }

  satisfies(id: string, request: FastRequest): boolean {
    let index = this.#alone.get(id);
    if (index === undefined) {
      index = new PolicyIndex();
      const position = this.ids.indexOf(id);
      const policy = this.loaded.policies[position];
      if (policy !== undefined) index.add(compilePolicy(id, position, policy.json), policy.json);
      this.#alone.set(id, index);
    }
    const { permits, forbids } = index.evaluate(this.#evaluation(request));
    return permits !== undefined || forbids !== undefined;
  }

  prepare({
    principal,
    action,
    context = CedarRecord.empty,
    entities,
  }: Omit<FastRequest, 'resource'>): PreparedRequest {
    return new PreparedPolicies(this.#index, { principal, action, context, entities, declared: this.#declared });
  }

  entity(type: string, id: string, attributes: object = {}, { parents = [], tags }: EntityLinks = {}): Entity {
    const model = this.schema?.entityTypes.get(type);
    const tagged =
      tags === undefined ? CedarRecord.empty : new LiftedRecord(tags, undefined, `tag of ${type}`, model?.tags);
    return new Entity(type, id, new LiftedRecord(attributes, model?.attributes, type), parents, tagged);
  }

  context(action: EntityRef, values: object): CedarRecord {
    return new LiftedRecord(values, this.schema?.actions.get(action.type)?.get(action.id)?.context, 'context');
  }

  filter(request: ListRequest): ListFilter {
    const { type, failingForbid, unspoken = false } = request;
    const schema = schemaFor(this.schema, type);
    const action = this.#declared(request.action.type, request.action.id) ?? request.action;
    return {
      ...queryOf(schema, type, partialCondition(this.loaded, schema, this.#declared, request)),
      test: (id, attributes, parents = []) => {
        const resource = this.entity(type, id, attributes, { parents });
        const { decision, reasons, errors } = this.decideFast({ ...request, action, resource });
        const isForbid = (one: string) =>
          this.loaded.policies.some((policy) => policy.id === one && policy.json.effect === 'forbid');
        if (failingForbid === 'forbids' && errors.some(({ policyId }) => isForbid(policyId))) return false;
        return decision === 'allow' || (unspoken && reasons.length === 0);
      },
    };
  }

  query(type: string, conditions: readonly Condition[]): ListQuery {
    return queryOfAll(schemaFor(this.schema, type), type, conditions);
  }

  untranslatable(action: EntityRef, type: string, write: (leaf: Leaf) => void): readonly CastellanError[] {
    return probe(this.loaded, schemaFor(this.schema, type), this.#declared, action, type, write);
  }

  explain(request: FastRequest, { sensitive = new Set() }: ExplainOptions = {}): Explanation {
    const { decision, reasons } = this.decideFast(request);
    const evaluation = this.#evaluation(request);
    const forAction = this.loaded.policies.filter(({ json }) => fits(json.action, evaluation.action, evaluation));
    return {
      decision,
      reasons,
      policies: forAction.map((policy) => explainPolicy(policy, evaluation, reasons.includes(policy.id), sensitive)),
      forOtherActions: this.loaded.policies.length - forAction.length,
    };
  }

  coverage() {
    const coverage = new Coverage(this.loaded.policies);
    return {
      record: (request: FastRequest) => coverage.record(this.#evaluation(request)),
      conditions: () => coverage.conditions(),
    };
  }

  check(): readonly PolicyFinding[] {
    return checkPolicies(this.loaded, this.schema, this.#leftOut);
  }

  convert(request: AuthorizationRequest): Required<FastRequest> {
    return whole(() => this.#convert(request));
  }

  #convert(request: AuthorizationRequest): Required<FastRequest> {
    const principal = part('principal', () => uidFromJson(request.principal));
    const action = part('action', () => uidFromJson(request.action));
    const resource = part('resource', () => uidFromJson(request.resource));
    const context = part('context', () => this.#readContext(request, principal, action, resource));
    const entities = request.entities === undefined ? this.#declared : entitiesFromJson(request.entities, this.schema);
    return {
      principal: entities(principal.type, principal.id) ?? principal,
      action: entities(action.type, action.id) ?? action,
      resource: entities(resource.type, resource.id) ?? resource,
      context,
      entities,
    };
  }

  #readContext(
    request: AuthorizationRequest,
    principal: EntityRef,
    action: EntityRef,
    resource: EntityRef,
  ): CedarRecord {
    const json = request.context ?? {};
    const { schema } = this;
    if (schema === undefined) {
      const context = fromJson(json);
      if (context instanceof CedarRecord) return context;
      throw new Malformed('it is no record');
    }
    const model = schema.actions.get(action.type)?.get(action.id);
    if (model === undefined) throw new Malformed(`the action ${action} is not in the schema`, 'use one that is');
    checkApplies(principal, model.principals, action, schema);
    checkApplies(resource, model.resources, action, schema);
    return recordFromJson(json, model.context);
  }

  #evaluation(request: FastRequest): Evaluation {
    const { principal, action, resource, context = CedarRecord.empty, entities } = request;
    return { principal, action, resource, context, entities, declared: this.#declared, closures: undefined };
  }
}

function checkApplies(ref: EntityRef, types: ReadonlySet<string>, action: EntityRef, schema: SchemaModel): void {
  if (!types.has(ref.type)) {
    throw new Malformed(`${ref} is not for ${action}`, `use one of ${[...types].join(', ') || 'none'}`);
  }
  const ids = schema.entityTypes.get(ref.type)?.ids;
  if (ids === undefined || ids.has(ref.id)) return;
  throw new Malformed(`${ref} is none of the schema's`, `use one of ${[...ids].join(', ')}`);
}

const noErrors: Decision['errors'] = Object.freeze([]);
const noReasons: readonly string[] = Object.freeze([]);

function decisionOf({ permits, forbids, errors }: Outcome): Decision {
  return {
    decision: forbids === undefined && permits !== undefined ? 'allow' : 'deny',
    reasons: reasonsOf(forbids ?? permits),
    errors:
      errors === undefined
        ? noErrors
        : unique(errors).map(({ policy, fault }) => ({ policyId: policy.id, message: fault.message })),
  };
}

function reasonsOf(policies: Outcome['permits']): readonly string[] {
  const only = policies?.[0];
  if (policies === undefined || only === undefined) return noReasons;
  return policies.length === 1 ? [only.id] : unique(policies).map(({ id }) => id);
}

/** In the order of the policies. A policy for several groups of actions may have been met more than once. */
function unique<T extends { readonly position: number }>(items: T[]): T[] {
  if (items.length < 2) return items;
  return [...new Map(items.map((item) => [item.position, item])).values()].sort((a, b) => a.position - b.position);
}
