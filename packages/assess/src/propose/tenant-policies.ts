import type { Access } from './access.ts';
import { describe, describeBy } from './bond.ts';
import { isIn, policy, quoted } from './cedar.ts';
import type { Proposal } from './model.ts';
import { compared, conditionOf } from './owner-path.ts';
import { unique } from './policies.ts';
import { callersOf, isKnown, times, type Run } from './run.ts';
import { tenantScenarios } from './scenarios.ts';
import type { TenantRule } from './tenants.ts';

/** Policies that keep tenants apart: whatever else is permitted, nobody does it to what is another tenant's. */
export function tenantProposals(run: Run, { tenants }: Access, used: Set<string>): Proposal[] {
  const byRule = new Map<string, TenantRule[]>();
  for (const rule of tenants) {
    const { operation, of, parameter, group } = rule;
    const isNew = operation.id === undefined && !operation.safe;
    const key = JSON.stringify([of?.type.type, of?.bond, parameter, group, isNew, rule.rows.length > 0]);
    byRule.set(key, [...(byRule.get(key) ?? []), rule]);
  }
  return [...byRule.values()].flatMap((rules) => proposalOf(run, rules, used) ?? []);
}

function proposalOf(run: Run, rules: readonly TenantRule[], used: Set<string>): Proposal | undefined {
  const [first] = rules;
  if (first === undefined) return undefined;
  const { of, parameter, group } = first;
  const operations = rules.map(({ operation }) => operation.operation.operationId);
  const rows = rules.flatMap((rule) => rule.rows);
  const isNew = first.operation.id === undefined && !first.operation.safe;
  const about = of?.type.name ?? operations[0] ?? 'api';
  const id = unique(
    `one tenant ${about} ${isNew && of !== undefined ? 'new' : ''} ${rows.length === 0 ? 'unseen' : ''}`,
    used,
  );
  const is =
    of === undefined
      ? compared('context', parameter === undefined ? [] : [parameter.in, parameter.name], parameter?.by ?? 'sub')
      : conditionOf(run.surface, of.type, of.bond);
  const own = isNew && of !== undefined ? `!(${is.has}) || (${is.whole})` : is.whole;
  const actions = `action in [${operations.map((one) => `Action::${quoted(one)}`).join(', ')}]`;
  const resource = of === undefined ? 'resource' : `resource is ${of.type.name}`;
  const condition = group === undefined ? own : `${isIn(group)} || (${own})`;
  const reason = [...new Set(rules.map(({ why }) => why))].join('; ');
  return {
    id,
    kind: 'tenant',
    basis: rows.length > 0 ? 'run' : 'document',
    title:
      of === undefined
        ? `${operations.join(', ')} stays within the ${describeBy({ steps: [], by: parameter?.by ?? 'sub' })} of who calls`
        : `A ${of.type.type} is of one tenant only: the ${describeBy(of.bond)} of who calls, by its ${describe(of.bond)}`,
    reason,
    rows: times(rows),
    callers: callersOf(rows.filter(({ exchange }) => isKnown(exchange))),
    refused: 0,
    operations,
    scenarios: tenantScenarios(run.surface, id, first),
    cedar: policy(id, `forbid (principal, ${actions}, ${resource})\nunless { ${condition} };`, reason),
  };
}
