import type { Access } from './access.ts';
import { describe, describeBy } from './bond.ts';
import { claimGroup, groupCondition, groupName, kebab, policy, quoted } from './cedar.ts';
import type { Proposal } from './model.ts';
import { compared, conditionOf, isCallerItself } from './owner-path.ts';
import type { Rule } from './rules.ts';
import { callersOf, groupsOf, isKnown, times, type Run } from './run.ts';
import { bondScenarios, callerScenarios, groupScenarios } from './scenarios.ts';

/** The proposals that rules make: one policy for operations that have the same rule. */
export function policyProposals(run: Run, access: Access, used: Set<string>): Proposal[] {
  const byRule = new Map<string, Rule[]>();
  for (const rule of access.rules) {
    const key = JSON.stringify([
      rule.open,
      rule.owner,
      rule.group,
      rule.type?.type,
      rule.parameter,
      rule.basis,
      rule.operation.operation.method === 'POST' && rule.operation.id === undefined,
    ]);
    byRule.set(key, [...(byRule.get(key) ?? []), rule]);
  }
  return [...byRule.values()].flatMap((rules) => proposalsOf(run, access, rules, used));
}

function proposalsOf(run: Run, { tenants }: Access, rules: readonly Rule[], used: Set<string>): Proposal[] {
  const [first] = rules;
  if (first === undefined) return [];
  const tenant = tenants.find((rule) => rule.operation === first.operation && rule.group === undefined);
  const { type, owner, group, open, basis, parameter } = first;
  const { surface } = run;
  const rows = rules.flatMap((rule) => rule.rows);
  const operations = rules.map((rule) => rule.operation.operation.operationId);
  const refused = run.refused.filter((row) => operations.includes(row.operationId));
  const shared = {
    basis,
    reason: [...new Set(rules.map(({ why }) => why))].join('; '),
    rows: times(rows),
    callers: callersOf(rows.filter(({ exchange }) => isKnown(exchange))),
    refused: times(refused.filter(({ exchange }) => group === undefined || !groupsOf(exchange).includes(group))),
    operations,
  };
  const actions =
    operations.length === 1
      ? `action == Action::${quoted(operations[0] ?? '')}`
      : `action in [${operations.map((id) => `Action::${quoted(id)}`).join(', ')}]`;
  const created = first.operation.id === undefined && !first.operation.safe;
  const about = type === undefined ? (operations[0] ?? 'api') : `${type.name} ${created ? 'new' : ''}`;
  if (open) {
    const id = unique(`as-today ${operations[0] ?? ''}`, used);
    const cedar = policy(id, `permit (principal, ${actions}, resource);`, shared.reason);
    return [
      { ...shared, id, kind: 'open', title: `${operations.join(', ')} stay open to whoever may call today`, cedar },
    ];
  }
  const found: Proposal[] = [];
  if (owner !== undefined && type !== undefined) {
    const id = unique(`own ${about} ${basis === 'run' ? '' : 'unseen'}`, used);
    const isItself = isCallerItself(type, owner);
    const is = conditionOf(surface, type, owner);
    const when = isItself ? 'resource == principal' : created ? `!(${is.has}) || (${is.whole})` : is.whole;
    const cedar = policy(
      id,
      `permit (principal is User, ${actions}, resource is ${type.name})\nwhen { ${when} };`,
      shared.reason,
    );
    const title = created
      ? `Who makes a ${type.type} makes it for nobody else`
      : `A ${type.type} is for whose ${describeBy(owner)} stands in its ${describe(owner)}`;
    const scenarios = isItself
      ? callerScenarios(id, operations[0] ?? '')
      : bondScenarios(surface, id, operations[0] ?? '', type, owner, tenant);
    found.push({ ...shared, id, kind: 'owner', title, cedar, scenarios });
  }
  if (parameter !== undefined) {
    const id = unique(`own ${parameter.name} ${operations[0] ?? ''}`, used);
    const { whole } = compared('context', [parameter.in, parameter.name], parameter.by);
    const cedar = policy(id, `permit (principal is User, ${actions}, resource)\nwhen { ${whole} };`, shared.reason);
    found.push({
      ...shared,
      id,
      kind: 'owner',
      title: `${operations.join(', ')} is for whose ${describeBy({ steps: [], by: parameter.by })} is its ${parameter.name}`,
      cedar,
    });
  }
  if (group !== undefined) {
    const id = unique(
      `${claimGroup(group)?.value === 'true' ? groupName(group) : (claimGroup(group)?.value ?? group)} ${about}`,
      used,
    );
    const resource = type === undefined || owner === undefined ? 'resource' : `resource is ${type.name}`;
    const who = groupCondition(group);
    const cedar = policy(id, `permit (${who.head}, ${actions}, ${resource})${who.when};`, shared.reason);
    const scenarios = groupScenarios(id, first.operation, group, surface, tenant);
    found.push({
      ...shared,
      id,
      kind: 'group',
      title: `${operations.join(', ')} are for ${groupName(group)}`,
      cedar,
      scenarios,
    });
  }
  return found;
}

export function unique(text: string, used: Set<string>): string {
  const base = kebab(text) || 'policy';
  let id = base;
  for (let n = 2; used.has(id); n++) id = `${base}-${n}`;
  used.add(id);
  return id;
}
