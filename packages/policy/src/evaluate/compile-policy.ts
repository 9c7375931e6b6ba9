import { childrenOf, nodeOf, type Expression, type PolicyJson } from '../load/est.ts';
import { compileCondition, type Evaluate } from './expression.ts';
import type { CompiledPolicy } from './index-policies.ts';

interface Conjunct {
  readonly test: Evaluate<boolean>;
  readonly mentionsResource: boolean;
}

/** Compiles a policy. Its head is tested by the index, but for the type in `is … in …`. */
export function compilePolicy(id: string, position: number, json: PolicyJson): CompiledPolicy {
  const conjuncts: Conjunct[] = [];
  for (const variable of ['principal', 'resource'] as const) {
    const scope = json[variable];
    if (scope.op !== 'is' || scope.in === undefined) continue;
    const type = scope.entity_type;
    conjuncts.push({
      test: (request) => request[variable].type === type,
      mentionsResource: variable === 'resource',
    });
  }
  for (const { kind, body } of json.conditions) {
    if (kind === 'when') addConjuncts(body, conjuncts);
    else {
      const test = compileCondition(body);
      conjuncts.push({ test: (request) => !test(request), mentionsResource: mentionsResource(body) });
    }
  }
  const first = conjuncts.findIndex((conjunct) => conjunct.mentionsResource);
  const before = (first < 0 ? conjuncts : conjuncts.slice(0, first)).map(({ test }) => test);
  const rest = first < 0 ? [] : conjuncts.slice(first).map(({ test }) => test);
  return {
    id,
    position,
    permits: json.effect === 'permit',
    test: all([...before, ...rest]),
    before: before.length === 0 ? undefined : all(before),
    rest: all(rest),
  };
}

/** `a && b && c` as three tests, one after the other: what `&&` means. */
function addConjuncts(condition: Expression, conjuncts: Conjunct[]): void {
  const node = nodeOf(condition);
  if (node.op === '&&') {
    addConjuncts(node.left, conjuncts);
    addConjuncts(node.right, conjuncts);
  } else conjuncts.push({ test: compileCondition(condition), mentionsResource: mentionsResource(condition) });
}

function mentionsResource(expression: Expression): boolean {
  const node = nodeOf(expression);
  return node.op === 'var' ? node.name === 'resource' : childrenOf(node).some(mentionsResource);
}

function all(tests: readonly Evaluate<boolean>[]): Evaluate<boolean> {
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (tests.length === 2) return (request) => first(request) && second(request);
  const others = all(tests.slice(1));
  return (request) => first(request) && others(request);
}
