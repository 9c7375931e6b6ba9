import type { PolicyJson, ScopeJson, UidJson } from '../load/est.ts';
import type { EntityRef } from '../values/entity.ts';
import { Fault } from '../values/fault.ts';
import type { Evaluate } from './expression.ts';
import { ancestors, find, isIn, type Evaluation } from './request.ts';

/** A policy ready to be evaluated. */
export interface CompiledPolicy {
  readonly id: string;
  /** Its position in the set. */
  readonly position: number;
  readonly permits: boolean;
  /** Whether it is satisfied, its head taken for granted. Throws a Fault when it errs. */
  readonly test: Evaluate<boolean>;
  /** The conditions that come first and do not mention the resource; undefined where the first one does. */
  readonly before: Evaluate<boolean> | undefined;
  /** What is to be tested where `before` holds. */
  readonly rest: Evaluate<boolean>;
}

/** What came of evaluating every policy that could apply. Lists are made when first needed. */
export interface Outcome {
  /** Where given, the walk ends before the resource: what it met there is put here and nothing is evaluated. */
  readonly met?: ByResource[] | undefined;
  permits: CompiledPolicy[] | undefined;
  forbids: CompiledPolicy[] | undefined;
  errors: Failure[] | undefined;
}

/** A policy that could not be evaluated. */
interface Failure {
  readonly position: number;
  readonly policy: CompiledPolicy;
  readonly fault: Fault;
}

/** What a head says of one of its three variables: nothing, or that it must be one of, in one of, or of a type. */
type Key =
  | { readonly kind: 'any' }
  | { readonly kind: 'is'; readonly type: string }
  | { readonly kind: 'equal' | 'in'; readonly type: string; readonly id: string };

/** A part of the index: evaluates the policies below it that fit the request. */
interface Below {
  visit(request: Evaluation, outcome: Outcome): void;
}

/**
 * One level of the index, for one variable of the head. A request looks up its own entity, its type and, only where
 * some policy asks for them, its ancestors, so that policies for others cost nothing.
 */
class Level<T extends Below> implements Below {
  readonly #variable: 'principal' | 'action' | 'resource';
  #any: T | undefined;
  readonly #is = new Map<string, T>();
  readonly #equal = new Map<string, Map<string, T>>();
  readonly #in = new Map<string, Map<string, T>>();

  constructor(variable: 'principal' | 'action' | 'resource') {
    this.#variable = variable;
  }

  at(key: Key, make: () => T): T {
    if (key.kind === 'any') return (this.#any ??= make());
    if (key.kind === 'is') return entry(this.#is, key.type, make);
    const ids = entry(key.kind === 'equal' ? this.#equal : this.#in, key.type, () => new Map<string, T>());
    return entry(ids, key.id, make);
  }

  visit(request: Evaluation, outcome: Outcome): void {
    const ref = request[this.#variable];
    if (this.#any !== undefined) this.#any.visit(request, outcome);
    if (this.#is.size > 0) this.#is.get(ref.type)?.visit(request, outcome);
    if (this.#equal.size > 0) this.#equal.get(ref.type)?.get(ref.id)?.visit(request, outcome);
    if (this.#in.size > 0) this.#visitGroups(request, ref, outcome);
  }

  /** What lies below for every entity of a type; undefined where some entities of it are told apart. */
  protected alike(type: string): readonly T[] | undefined {
    if (this.#in.size > 0 || this.#equal.has(type)) return undefined;
    return [this.#any, this.#is.get(type)].filter((below) => below !== undefined);
  }

  protected names(type: string): boolean {
    return this.#is.has(type);
  }

  #visitGroups(request: Evaluation, ref: EntityRef, outcome: Outcome): void {
    this.#visitGroup(ref, request, outcome);
    const entity = find(request, ref);
    if (entity === undefined) return;
    const { parents } = entity;
    if (isFlat(request, parents)) {
      for (let index = 0; index < parents.length; index++) {
        const parent = parents[index];
        if (parent === undefined) continue;
        const below = this.#in.get(parent.type)?.get(parent.id);
        if (below !== undefined && !parent.equals(ref) && !repeats(parents, index)) below.visit(request, outcome);
      }
      return;
    }
    for (const [type, ids] of ancestors(request, entity)) {
      const groups = this.#in.get(type);
      if (groups === undefined) continue;
      for (const id of ids) if (type !== ref.type || id !== ref.id) groups.get(id)?.visit(request, outcome);
    }
  }

  #visitGroup(group: EntityRef, request: Evaluation, outcome: Outcome): void {
    this.#in.get(group.type)?.get(group.id)?.visit(request, outcome);
  }
}

/** The policies with one head. */
class Leaf implements Below {
  readonly policies: CompiledPolicy[] = [];

  visit(request: Evaluation, outcome: Outcome): void {
    for (const policy of this.policies) evaluatePolicy(policy, request, outcome);
  }
}

function isFlat(request: Evaluation, parents: readonly EntityRef[]): boolean {
  for (const parent of parents) {
    const known = find(request, parent);
    if (known !== undefined && known.parents.length > 0) return false;
  }
  return true;
}

function repeats(refs: readonly EntityRef[], index: number): boolean {
  for (let i = 0; i < index; i++) if (refs[index]?.equals(refs[i] ?? '') === true) return true;
  return false;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/** The policies with one head but for the resource. */
export class ByResource extends Level<Leaf> {
  readonly #byType = new Map<string, readonly CompiledPolicy[]>();

  constructor() {
    super('resource');
  }

  override visit(request: Evaluation, outcome: Outcome): void {
    if (outcome.met === undefined) super.visit(request, outcome);
    else outcome.met.push(this);
  }

  /** The policies for every resource of a type; undefined where it takes the resource itself to tell. */
  forType(type: string): readonly CompiledPolicy[] | undefined {
    let known = this.#byType.get(type);
    if (known !== undefined) return known;
    known = this.alike(type)?.flatMap(({ policies }) => policies);
    // Only types that policies name are kept: others may be anything that a caller asks for.
    if (known !== undefined && this.names(type)) this.#byType.set(type, known);
    return known;
  }
}

/** Policies by action, then principal, then resource. */
export class PolicyIndex {
  readonly #root = new Level<Level<ByResource>>('action');

  add(policy: CompiledPolicy, json: PolicyJson): void {
    const [principal] = keysOf(json.principal);
    const [resource] = keysOf(json.resource);
    for (const action of keysOf(json.action)) {
      this.#root
        .at(action, () => new Level('principal'))
        .at(principal ?? { kind: 'any' }, () => new ByResource())
        .at(resource ?? { kind: 'any' }, () => new Leaf())
        .policies.push(policy);
    }
  }

  /** Evaluates every policy whose head fits the request. */
  evaluate(request: Evaluation): Outcome {
    const outcome: Outcome = { permits: undefined, forbids: undefined, errors: undefined };
    this.#root.visit(request, outcome);
    return outcome;
  }

  /** What the action and the principal of a request lead to. */
  meet(request: Evaluation): readonly ByResource[] {
    const met: ByResource[] = [];
    this.#root.visit(request, { met, permits: undefined, forbids: undefined, errors: undefined });
    return met;
  }
}

function evaluatePolicy(policy: CompiledPolicy, request: Evaluation, outcome: Outcome): void {
  try {
    if (!policy.test(request)) return;
    if (policy.permits) (outcome.permits ??= []).push(policy);
    else (outcome.forbids ??= []).push(policy);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    (outcome.errors ??= []).push({ position: policy.position, policy, fault });
  }
}

function keysOf(scope: ScopeJson): Key[] {
  switch (scope.op) {
    case 'All':
      return [{ kind: 'any' }];
    case '==':
      return [{ kind: 'equal', ...uid(scope.entity) }];
    case 'in':
      return (scope.entities ?? [scope.entity]).map((entity) => ({ kind: 'in', ...uid(entity) }));
    case 'is':
      return scope.in === undefined
        ? [{ kind: 'is', type: scope.entity_type }]
        : [{ kind: 'in', ...uid(scope.in.entity) }];
  }
}

/** The JSON forms of an entity in a head: with and without `__entity`. */
function uid(json: UidJson | { readonly __entity: UidJson } | undefined): UidJson {
  if (json === undefined) throw new TypeError('the head of a policy has an open slot');
  const { type, id } = '__entity' in json ? json.__entity : json;
  return { type, id };
}

/** Whether the head of a policy fits a request: what the index decides for all policies at once. */
export function headFits(json: PolicyJson, request: Evaluation): boolean {
  return (
    fits(json.principal, request.principal, request) &&
    fits(json.action, request.action, request) &&
    fits(json.resource, request.resource, request)
  );
}

/** Whether one part of a head fits. */
export function fits(scope: ScopeJson, ref: EntityRef, request: Evaluation): boolean {
  if (scope.op === 'is' && scope.entity_type !== ref.type) return false;
  return keysOf(scope).some((key) => {
    if (key.kind === 'any') return true;
    if (key.kind === 'equal') return key.type === ref.type && key.id === ref.id;
    return key.kind === 'in' ? isIn(request, ref, key.type, key.id) : key.type === ref.type;
  });
}
