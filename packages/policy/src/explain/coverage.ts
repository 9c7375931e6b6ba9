import { formatPlace } from '@castellan/contract';
import { compileCondition } from '../evaluate/expression.ts';
import { headFits } from '../evaluate/index-policies.ts';
import type { Evaluation } from '../evaluate/request.ts';
import { nodeOf, type Expression } from '../load/est.ts';
import { placeOfPolicy, type LoadedPolicy } from '../load/policies.ts';
import { showExpression } from '../load/show.ts';
import { Fault } from '../values/fault.ts';

/** One condition of a policy: whether requests were seen for which it is true, and for which it is false. */
export interface ConditionCoverage {
  readonly policyId: string;
  readonly place: string;
  readonly condition: string;
  readonly wasTrue: boolean;
  readonly wasFalse: boolean;
}

/** Records which conditions of policies a number of requests tried. */
export class Coverage {
  readonly #policies: readonly LoadedPolicy[];
  readonly #seen = new Map<Expression, Set<boolean>>();
  readonly #heads = new Map<LoadedPolicy, Set<boolean>>();

  constructor(policies: readonly LoadedPolicy[]) {
    this.#policies = policies;
  }

  /** Follows the evaluation of every policy for a request. */
  record(request: Evaluation): void {
    for (const policy of this.#policies) {
      const fits = headFits(policy.json, request);
      add(this.#heads, policy, fits);
      if (!fits) continue;
      try {
        for (const { kind, body } of policy.json.conditions) {
          if (this.#follow(body, request) !== (kind === 'when')) break;
        }
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
    }
  }

  /** Every condition, in the order of the policies. The head of a policy is its first. */
  conditions(): ConditionCoverage[] {
    return this.#policies.flatMap((policy) => {
      const place = formatPlace(placeOfPolicy(policy));
      const of = (condition: string, seen: ReadonlySet<boolean> | undefined): ConditionCoverage => ({
        policyId: policy.id,
        place,
        condition,
        wasTrue: seen?.has(true) ?? false,
        wasFalse: seen?.has(false) ?? false,
      });
      const parts = policy.json.conditions.flatMap(({ body }) => leaves(body));
      return [
        of('its head', this.#heads.get(policy)),
        ...parts.map((part) => of(showExpression(part), this.#seen.get(part))),
      ];
    });
  }

  #follow(expression: Expression, request: Evaluation): boolean {
    const node = nodeOf(expression);
    switch (node.op) {
      case '&&':
        return this.#follow(node.left, request) && this.#follow(node.right, request);
      case '||':
        return this.#follow(node.left, request) || this.#follow(node.right, request);
      case '!':
        return !this.#follow(node.arg, request);
      case 'if':
        return this.#follow(node.if, request) ? this.#follow(node.then, request) : this.#follow(node.else, request);
      default: {
        const value = compileCondition(expression)(request);
        add(this.#seen, expression, value);
        return value;
      }
    }
  }
}

function add<K>(map: Map<K, Set<boolean>>, key: K, value: boolean): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}

/** The conditions that a condition is made of. Constants are none. */
function leaves(expression: Expression): Expression[] {
  const node = nodeOf(expression);
  switch (node.op) {
    case '&&':
    case '||':
      return [...leaves(node.left), ...leaves(node.right)];
    case '!':
      return leaves(node.arg);
    case 'if':
      return [...leaves(node.if), ...leaves(node.then), ...leaves(node.else)];
    case 'value':
      return [];
    default:
      return [expression];
  }
}
