import { EntityRef } from '../values/entity.ts';
import { Fault } from '../values/fault.ts';
import type { Permitted, PreparedRequest } from '../policy-set.ts';
import type { CompiledPolicy, PolicyIndex } from './index-policies.ts';
import type { Evaluation } from './request.ts';

/** A question but for its resource. */
export type OpenQuestion = Omit<Evaluation, 'resource' | 'closures'>;

/** What is left of a policy once everything that does not depend on the resource was evaluated. */
interface Candidate {
  readonly policy: CompiledPolicy;
  readonly test: (request: Evaluation) => boolean;
  /** Whether it permitted a resource that was permitted. */
  used: boolean;
}

/** The policies for resources of one type, and what they permitted so far. */
interface OfType {
  /** Undefined where it takes the resource itself to tell which they are. */
  readonly candidates: readonly Candidate[] | undefined;
  count: number;
  first: string;
  several: boolean;
  /** Ids of policies that permitted and are no candidates. */
  readonly others: Set<string>;
}

/**
 * Decides on many resources for one principal and action: the index is walked and the conditions that come before the
 * first mention of the resource are evaluated once per type of resource. Answers what evaluating every policy for every
 * resource would.
 */
export class PreparedPolicies implements PreparedRequest {
  readonly #index: PolicyIndex;
  readonly #question: OpenQuestion;
  readonly #types = new Map<string, OfType>();

  constructor(index: PolicyIndex, question: OpenQuestion) {
    this.#index = index;
    this.#question = question;
  }

  /** Whether some policy permits, none forbids and none errs. */
  permits(resource: EntityRef): boolean {
    const { type, id } = resource;
    let known = this.#types.get(type);
    if (known === undefined) {
      known = { candidates: this.#candidatesOf(type), count: 0, first: id, several: false, others: new Set() };
      this.#types.set(type, known);
    }
    const { principal, action, context, entities, declared } = this.#question;
    const request = { principal, action, resource, context, entities, declared, closures: undefined };
    if (known.candidates === undefined) {
      const { permits, forbids, errors } = this.#index.evaluate(request);
      if (permits === undefined || forbids !== undefined || errors !== undefined) return false;
      for (const policy of permits) known.others.add(policy.id);
    } else if (!isPermitted(known.candidates, request)) return false;
    if (known.count++ === 0) known.first = id;
    else if (known.first !== id) known.several = true;
    return true;
  }

  permitted(): readonly Permitted[] {
    const list: Permitted[] = [];
    for (const [type, { candidates = [], count, first, several, others }] of this.#types) {
      if (count === 0) continue;
      const used = candidates.filter((candidate) => candidate.used).map(({ policy }) => policy.id);
      list.push({ type, id: several ? undefined : first, count, policies: [...new Set([...used, ...others])] });
    }
    return list;
  }

  /**
   * The policies for every resource of a type; undefined where the resource itself has a part in which they are, or in
   * what their first conditions say: as a member of a hierarchy, or by being named otherwise than as `resource`.
   */
  #candidatesOf(type: string): readonly Candidate[] | undefined {
    let isNamed = false;
    const { entities } = this.#question;
    const request: Evaluation = {
      ...this.#question,
      resource: new EntityRef(type, ''),
      entities: (ofType, id) => {
        if (ofType !== type) return entities?.(ofType, id);
        isNamed = true;
        return undefined;
      },
      closures: undefined,
    };
    const candidates: Candidate[] = [];
    for (const level of this.#index.meet(request)) {
      const policies = level.forType(type);
      if (policies === undefined) return undefined;
      for (const policy of policies) {
        const candidate = candidateOf(policy, request);
        if (candidate !== undefined) candidates.push(candidate);
      }
    }
    return isNamed ? undefined : candidates;
  }
}

/** Every policy is tried, as always: one that errs counts, though another one permits. */
function isPermitted(candidates: readonly Candidate[], request: Evaluation): boolean {
  let by: Candidate | undefined;
  let more: Candidate[] | undefined;
  let refused = false;
  for (const candidate of candidates) {
    try {
      if (!candidate.test(request)) continue;
      if (!candidate.policy.permits) refused = true;
      else if (by === undefined) by = candidate;
      else (more ??= []).push(candidate);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      refused = true;
    }
  }
  if (by === undefined || refused) return false;
  by.used = true;
  if (more !== undefined) for (const candidate of more) candidate.used = true;
  return true;
}

function candidateOf(policy: CompiledPolicy, request: Evaluation): Candidate | undefined {
  const { before } = policy;
  if (before === undefined) return { policy, test: policy.test, used: false };
  try {
    return before(request) ? { policy, test: policy.rest, used: false } : undefined;
  } catch (error) {
    // What is no fault of the policy is for the resource that meets it.
    if (!(error instanceof Fault)) return { policy, test: policy.test, used: false };
    return {
      policy,
      test: () => {
        throw error;
      },
      used: false,
    };
  }
}
