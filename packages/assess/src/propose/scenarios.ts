import { printableYaml } from '../printable.ts';
import type { Proposal, ProposedScenario } from './model.ts';
import type { OperationFacts, Surface, TypeFacts } from './surface.ts';

/**
 * Scenarios for `castellan policy test` that show what each proposed policy permits and what it does not, as YAML.
 * @returns undefined where no policy is proposed
 */
export async function scenariosOf(proposals: readonly Proposal[]): Promise<string | undefined> {
  const scenarios = proposals.flatMap(({ scenarios = [] }) => scenarios);
  if (scenarios.length === 0) return undefined;
  return `# Written by castellan policy propose. What the proposed policies permit, and what they do not.\n${await printableYaml({ scenarios }, 0)}`;
}

/** Scenarios of an owner rule: the owner may, somebody else may not. */
export function ownerScenarios(
  id: string,
  action: string,
  { name }: TypeFacts,
  path: readonly string[],
): ProposedScenario[] {
  const attributes = path.reduceRight<unknown>((value, key) => ({ [key]: value }), 'ada');
  const scenario = (who: string, expect: 'allow' | 'deny'): ProposedScenario => ({
    name: `${action}: ${expect === 'allow' ? 'whose id stands there' : 'somebody else'}`,
    principal: `User::"${who}"`,
    action,
    resource: `${name}::"1"`,
    entities: [{ uid: `User::"${who}"` }, { uid: `${name}::"1"`, attrs: attributes }],
    expect,
    ...(expect === 'allow' ? { because: id } : {}),
  });
  return [scenario('ada', 'allow'), scenario('eve', 'deny')];
}

/** Scenarios of the caller's own object. */
export function callerScenarios(id: string, action: string): ProposedScenario[] {
  return (['allow', 'deny'] as const).map((expect) => ({
    name: `${action}: ${expect === 'allow' ? 'oneself' : 'somebody else'}`,
    principal: `User::"${expect === 'allow' ? 'ada' : 'eve'}"`,
    action,
    resource: 'User::"ada"',
    entities: [],
    expect,
    ...(expect === 'allow' ? { because: id } : {}),
  }));
}

/** Scenarios of a rule by group: who is in it may, who is not may not. */
export function groupScenarios(
  id: string,
  { operation, types }: OperationFacts,
  group: string,
  surface: Surface,
): ProposedScenario[] {
  const [type] = types;
  const resource = `${type === undefined ? 'Api' : (surface.types.get(type)?.name ?? type)}::"1"`;
  const scenario = (groups: readonly string[], expect: 'allow' | 'deny'): ProposedScenario => ({
    name: `${operation.operationId}: ${expect === 'allow' ? 'a member' : 'no member'} of ${group}`,
    principal: 'User::"max"',
    action: operation.operationId,
    resource,
    context: { scopes: groups.filter((one) => one.startsWith('scope:')).map((one) => one.slice(6)) },
    entities: [
      {
        uid: 'User::"max"',
        parents: groups.filter((one) => !one.startsWith('scope:')).map((one) => ({ type: 'Group', id: one })),
      },
      { uid: resource, attrs: {} },
    ],
    expect,
    ...(expect === 'allow' ? { because: id } : {}),
  });
  return [scenario([group], 'allow'), scenario([], 'deny')];
}
