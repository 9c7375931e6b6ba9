import { printableYaml } from '../printable.ts';
import { claimPath, lastOf, type Bond } from './bond.ts';
import { claimGroup, groupName } from './cedar.ts';
import type { Proposal, ProposedScenario } from './model.ts';
import { isReference, typesOn } from './owner-path.ts';
import type { OperationFacts, Surface, TypeFacts } from './surface.ts';
import type { TenantRule } from './tenants.ts';

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
export function bondScenarios(
  surface: Surface,
  id: string,
  action: string,
  type: TypeFacts,
  bond: Bond,
  tenant: TenantRule | undefined,
): ProposedScenario[] {
  const value = valueOf(surface, type, bond, 'ada');
  const other = typeof value === 'number' ? value + 1 : 'eve';
  const scenario = (who: string, expect: 'allow' | 'deny'): ProposedScenario => {
    const world = new World();
    if (tenant !== undefined) world.within(surface, tenant, who);
    world.tie(surface, type, bond, value);
    if (bond.by !== 'sub') world.set(`User::"${who}"`, claimPath(bond.by), who === 'ada' ? value : other);
    return {
      name: `${action}: ${expect === 'allow' ? 'whose id stands there' : 'somebody else'}`,
      principal: `User::"${who}"`,
      action,
      resource: `${type.name}::"1"`,
      context: world.context,
      entities: world.entities(`User::"${who}"`),
      expect,
      ...(expect === 'allow' ? { because: id } : {}),
    };
  };
  return [scenario('ada', 'allow'), scenario('eve', 'deny')];
}

/** The scenario of a rule that keeps tenants apart: somebody of another one may not, whatever else is permitted. */
export function tenantScenarios(surface: Surface, id: string, rule: TenantRule): ProposedScenario[] {
  const world = new World();
  world.within(surface, rule, 'ada');
  const by = rule.of?.bond.by ?? rule.parameter?.by ?? '';
  world.set('User::"ada"', claimPath(by), typeof world.tenant === 'number' ? world.tenant + 1 : 'another');
  const type = rule.of?.type.name ?? nameOf(surface, rule.operation);
  return [
    {
      name: `${rule.operation.operation.operationId}: somebody of another tenant`,
      principal: 'User::"ada"',
      action: rule.operation.operation.operationId,
      resource: `${type}::"1"`,
      context: world.context,
      entities: world.entities('User::"ada"', `${type}::"1"`),
      expect: 'deny',
      because: id,
    },
  ];
}

/** The entities of one scenario. */
class World {
  readonly #attributes = new Map<string, Record<string, unknown>>();
  context: Record<string, unknown> | undefined;
  tenant: unknown;

  set(uid: string, path: readonly string[], value: unknown): void {
    let at = this.#attributes.get(uid);
    if (at === undefined) this.#attributes.set(uid, (at = {}));
    for (const name of path.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
    at[path.at(-1) ?? ''] = value;
  }

  /** An object of a type, and those that it names, so that a bond leads to a value. */
  tie(surface: Surface, type: TypeFacts, bond: Bond, value: unknown): void {
    const types = typesOn(surface, type, bond) ?? [];
    for (const [n, { property }] of bond.steps.entries())
      this.set(
        `${types[n]?.name ?? ''}::"${n + 1}"`,
        pathIn(types[n], property),
        n === bond.steps.length - 1 ? value : `${n + 2}`,
      );
  }

  /** Somebody who belongs to the tenant that it is about. */
  within(surface: Surface, { of, parameter }: TenantRule, who: string): void {
    if (of !== undefined) {
      this.tenant = valueOf(surface, of.type, of.bond, 'acme');
      this.tie(surface, of.type, of.bond, this.tenant);
      this.set(`User::"${who}"`, claimPath(of.bond.by), this.tenant);
    } else if (parameter !== undefined) {
      this.tenant = 'acme';
      this.context = { [parameter.in]: { [parameter.name]: this.tenant } };
      this.set(`User::"${who}"`, claimPath(parameter.by), this.tenant);
    }
  }

  entities(...uids: readonly string[]): object[] {
    for (const uid of uids) if (!this.#attributes.has(uid)) this.#attributes.set(uid, {});
    return [...this.#attributes].map(([uid, attrs]) =>
      Object.keys(attrs).length === 0 && uid.startsWith('User::') ? { uid } : { uid, attrs },
    );
  }
}

function valueOf(surface: Surface, type: TypeFacts, bond: Bond, text: string): string | number {
  const types = typesOn(surface, type, bond) ?? [];
  return bond.by !== 'sub' && attributeType(types.at(-1), lastOf(bond)) === 'Long' ? 7 : text;
}

function nameOf(surface: Surface, { types: [type] }: OperationFacts): string {
  return type === undefined ? 'Api' : (surface.types.get(type)?.name ?? type);
}

function pathIn(type: TypeFacts | undefined, property: string): readonly string[] {
  return type !== undefined && isReference(type, property) ? property.split('.').slice(0, 1) : property.split('.');
}

function attributeType(type: TypeFacts | undefined, property: string): string | undefined {
  let at = undefined as { readonly type?: string; readonly attributes?: Readonly<Record<string, object>> } | undefined;
  for (const [n, name] of property.split('.').entries())
    at = (n === 0 ? type?.attributes.get(name) : at?.attributes?.[name]) as typeof at;
  return at?.type;
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
  facts: OperationFacts,
  group: string,
  surface: Surface,
  tenant: TenantRule | undefined,
): ProposedScenario[] {
  const { operationId } = facts.operation;
  const resource = `${nameOf(surface, facts)}::"1"`;
  const claim = claimGroup(group);
  const values = new Map<string, unknown>(
    Object.entries({ text: claim?.value, texts: [claim?.value], number: Number(claim?.value), boolean: true }),
  );
  const scenario = (isIn: boolean): ProposedScenario => {
    const world = new World();
    if (tenant !== undefined) world.within(surface, tenant, 'max');
    if (isIn && claim !== undefined) world.set('User::"max"', claim.path, values.get(claim.type));
    const parents = isIn && claim === undefined && !group.startsWith('scope:') ? [{ type: 'Group', id: group }] : [];
    return {
      name: `${operationId}: ${isIn ? 'a member' : 'no member'} of ${groupName(group)}`,
      principal: 'User::"max"',
      action: operationId,
      resource,
      context: { ...world.context, scopes: isIn && group.startsWith('scope:') ? [group.slice(6)] : [] },
      entities: world
        .entities('User::"max"', resource)
        .map((entity) => ((entity as { uid: string }).uid === 'User::"max"' ? { ...entity, parents } : entity)),
      expect: isIn ? 'allow' : 'deny',
      ...(isIn ? { because: id } : {}),
    };
  };
  return [scenario(true), scenario(false)];
}
