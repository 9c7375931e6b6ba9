import { CastellanError } from '@castellan/contract';
import { nodeOf, childrenOf, type Expression, type PolicyJson, type ScopeJson } from '../load/est.ts';
import { placeOfPolicy, validate, type LoadedPolicies, type LoadedPolicy } from '../load/policies.ts';
import type { SchemaModel } from '../load/schema.ts';
import { isImpossible, unusablePolicies } from './unusable.ts';

/** Something about a policy that its author should know. */
export interface PolicyFinding {
  /** `never-applies`, `unknown-attribute`, `unlinked-template`, `shadowed`, `overridden`, `permits-everybody`, `policy-warning`. */
  readonly code: string;
  readonly severity: 'high' | 'medium' | 'low';
  readonly policyId: string;
  readonly problem: CastellanError;
}

/** Policies that can never apply, add nothing, or permit everybody. */
export function checkPolicies(
  loaded: LoadedPolicies,
  schema: SchemaModel | undefined,
  leftOut?: ReadonlyMap<string, string>,
): PolicyFinding[] {
  const validation = schema === undefined ? undefined : validate(loaded, schema);
  const warnings = validation?.warnings ?? [];
  const impossible = new Set(warnings.filter(isImpossible).map(({ policyId }) => policyId));
  const findings: PolicyFinding[] = unusablePolicies(loaded, schema, validation, leftOut);
  for (const warning of warnings) {
    if (!isImpossible(warning)) findings.push({ code: 'policy-warning', severity: 'low', ...warning });
  }
  for (const policy of loaded.policies) {
    if (impossible.has(policy.id)) continue;
    const other = loaded.policies.find(
      (candidate) => candidate !== policy && shadows(candidate, policy, loaded.policies),
    );
    if (other !== undefined) {
      const [code, message, mend] =
        other.json.effect === policy.json.effect
          ? (['shadowed', `it adds nothing: '${other.id}' covers it`, 'delete one of them'] as const)
          : ([
              'overridden',
              `it never permits anything: '${other.id}' forbids all of it`,
              'delete it, or give the other a condition',
            ] as const);
      findings.push(finding(code, 'medium', loaded, policy.id, message, mend));
    }
    if (permitsEverybody(policy.json)) {
      findings.push(
        finding(
          'permits-everybody',
          policy.json.action.op === 'All' ? 'high' : 'medium',
          loaded,
          policy.id,
          'it permits everybody: nothing in it asks who the principal is',
          "say 'principal in Group::…' in its head, or compare the principal with the resource",
        ),
      );
    }
  }
  return findings;
}

function finding(
  code: string,
  severity: PolicyFinding['severity'],
  loaded: LoadedPolicies,
  policyId: string,
  message: string,
  mend: string,
): PolicyFinding {
  const policy = [...loaded.policies, ...loaded.templates].find(({ id }) => id === policyId);
  const place = policy === undefined ? undefined : placeOfPolicy(policy);
  return {
    code,
    severity,
    policyId,
    problem: new CastellanError({ code, message: `policy '${policyId}': ${message}`, place, mend }),
  };
}

function permitsEverybody(json: PolicyJson): boolean {
  if (json.effect !== 'permit' || json.principal.op !== 'All') return false;
  return !json.conditions.some(({ body }) => asksWho(body));
}

/** Whether an expression reads the principal, or the scopes or the tenant of the caller. */
function asksWho(expression: Expression): boolean {
  const node = nodeOf(expression);
  if (node.op === 'var') return node.name === 'principal';
  if (node.op === '.' && (node.attr === 'scopes' || node.attr === 'tenant')) return true;
  return childrenOf(node).some(asksWho);
}

/** Whether `wide` applies to all that `narrow` applies to. Of two equal ones the first shadows the second. */
function shadows(wide: LoadedPolicy, narrow: LoadedPolicy, all: readonly LoadedPolicy[]): boolean {
  if (wide.json.effect === 'permit' && narrow.json.effect === 'forbid') return false;
  if (!covers(wide.json, narrow.json)) return false;
  const isSameEffect = wide.json.effect === narrow.json.effect;
  return !isSameEffect || !covers(narrow.json, wide.json) || all.indexOf(wide) < all.indexOf(narrow);
}

function covers(wide: PolicyJson, narrow: PolicyJson): boolean {
  const conditions = new Set(partsOf(narrow));
  return (
    (['principal', 'action', 'resource'] as const).every((part) => scopeCovers(wide[part], narrow[part])) &&
    partsOf(wide).every((part) => conditions.has(part))
  );
}

function scopeCovers(wide: ScopeJson, narrow: ScopeJson): boolean {
  if (wide.op === 'All') return true;
  if (wide.op === 'is' && wide.in === undefined && narrow.op === 'is') return wide.entity_type === narrow.entity_type;
  if (wide.op === 'is' && wide.in === undefined && narrow.op === '==') return wide.entity_type === narrow.entity?.type;
  if (wide.op === 'in' && narrow.op !== 'All' && narrow.op !== 'is') {
    const groups = new Set((wide.entities ?? [wide.entity]).map((uid) => JSON.stringify(uid)));
    const own = narrow.op === 'in' ? (narrow.entities ?? [narrow.entity]) : [narrow.entity];
    return own.every((uid) => groups.has(JSON.stringify(uid)));
  }
  return JSON.stringify(wide) === JSON.stringify(narrow);
}

/** The conditions that must all hold, as texts to compare. */
function partsOf(json: PolicyJson): string[] {
  const conjuncts = (expression: Expression): Expression[] => {
    const node = nodeOf(expression);
    return node.op === '&&' ? [...conjuncts(node.left), ...conjuncts(node.right)] : [expression];
  };
  const key = (expression: Expression) =>
    JSON.stringify(expression, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  return json.conditions.flatMap(({ kind, body }) => (kind === 'when' ? conjuncts(body).map(key) : [`!${key(body)}`]));
}
