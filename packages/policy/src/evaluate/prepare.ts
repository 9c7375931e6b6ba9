import { EntityRef } from '../values/entity.ts';
import { Fault } from '../values/fault.ts';
import type { CompiledPolicy, PolicyIndex } from './index-policies.ts';
import type { Evaluation } from './request.ts';

/** A question but for its resource. */
export type OpenQuestion = Omit<Evaluation, 'resource' | 'closures'>;

/** What is left of a policy once everything that does not depend on the resource was evaluated. */
interface Candidate {
  readonly policy: CompiledPolicy;
  readonly test: (request: Evaluation) => boolean;
}

/**
 * Decides on many resources for one principal and action: the index is walked and the conditions that come before the
 * first mention of the resource are evaluated once per type of resource. Answers what evaluating every policy for every
 * resource would.
 */
export class PreparedPolicies {
  readonly #index: PolicyIndex;
  readonly #question: OpenQuestion;
  readonly #types = new Map<string, readonly Candidate[] | undefined>();

  constructor(index: PolicyIndex, question: OpenQuestion) {
    this.#index = index;
    this.#question = question;
  }

  /** Whether some policy permits, none forbids and none errs. */
  permits(resource: EntityRef): boolean {
    const { type } = resource;
    let candidates = this.#types.get(type);
    if (candidates === undefined && !this.#types.has(type)) {
      candidates = this.#candidatesOf(type);
      this.#types.set(type, candidates);
    }
    const { principal, action, context, entities, declared } = this.#question;
    const request = { principal, action, resource, context, entities, declared, closures: undefined };
    if (candidates === undefined) {
      const { permits, forbids, errors } = this.#index.evaluate(request);
      return permits !== undefined && forbids === undefined && errors === undefined;
    }
    return isPermitted(candidates, request);
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
  let permitted = false;
  let refused = false;
  for (const { policy, test } of candidates) {
    try {
      if (!test(request)) continue;
      if (policy.permits) permitted = true;
      else refused = true;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      refused = true;
    }
  }
  return permitted && !refused;
}

function candidateOf(policy: CompiledPolicy, request: Evaluation): Candidate | undefined {
  const { before } = policy;
  if (before === undefined) return { policy, test: policy.test };
  try {
    return before(request) ? { policy, test: policy.rest } : undefined;
  } catch (error) {
    // What is no fault of the policy is for the resource that meets it.
    if (!(error instanceof Fault)) return { policy, test: policy.test };
    return {
      policy,
      test: () => {
        throw error;
      },
    };
  }
}
