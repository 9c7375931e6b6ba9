import { CastellanError, nearest } from '@castellan/contract';
import type { ScopeJson, UidJson } from '../load/est.ts';
import { placeOfPolicy, type LoadedPolicies, type LoadedPolicy, type Validation } from '../load/policies.ts';
import type { ActionModel, SchemaModel } from '../load/schema.ts';
import { actionsOf, mayBe, plain } from './heads.ts';
import { unknownAttributes } from './unknown-attributes.ts';
import type { PolicyFinding } from './check.ts';

/** Whether the engine says that no request can satisfy the policy. */
export const isImpossible = ({ problem }: { readonly problem: CastellanError }): boolean =>
  /impossible|unable to find an applicable action/.test(problem.what);

/**
 * The policies that do not decide what they say: that no request satisfies, that read what is never there, that name an
 * action on which they never apply, and templates that nobody linked. One of them that forbids lets through.
 * @param validation what the engine says of the policies, where there is a schema
 * @param leftOut why properties of the document are no attributes, by name
 */
export function unusablePolicies(
  loaded: LoadedPolicies,
  schema: SchemaModel | undefined,
  validation: Validation | undefined,
  leftOut: ReadonlyMap<string, string> = new Map(),
): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const say = (policy: LoadedPolicy, code: string, message: string, mend: string) =>
    findings.push({
      code,
      severity: 'high',
      policyId: policy.id,
      problem: new CastellanError({
        code,
        message: `policy '${policy.id}': ${message}`,
        place: placeOfPolicy(policy),
        mend,
      }),
    });
  const linked = new Set(loaded.links.map(({ templateId }) => templateId));
  for (const template of loaded.templates)
    if (!linked.has(template.id))
      say(
        template,
        'unlinked-template',
        'it is a template that nothing links, so it decides nothing',
        'give its links, or name the principal and the resource in place of ?principal and ?resource',
      );
  if (schema === undefined || validation === undefined) return findings;
  const impossible = new Set(validation.warnings.filter(isImpossible).map(({ policyId }) => policyId));
  // What is wrong with a template is wrong with each of its links.
  for (const policy of [...loaded.templates, ...loaded.policies.filter(({ template }) => template === undefined)]) {
    const unknown = unknownAttributes(policy.json, schema);
    for (const { name, known } of unknown) {
      const near = nearest(name, known);
      say(
        policy,
        impossible.has(policy.id) ? 'never-applies' : 'unknown-attribute',
        impossible.has(policy.id)
          ? `it can never apply: the schema has no attribute '${name}'`
          : `it asks for an attribute '${name}' that the schema does not have there`,
        leftOut.get(name) ??
          (near === undefined ? 'correct it, or add it to the OpenAPI document' : `did you mean '${near}'?`),
      );
    }
    if (unknown.length > 0) continue;
    if (impossible.has(policy.id)) {
      const [action] = namedIn(policy.json.action);
      const acts = action === undefined ? undefined : actsOn(action, policy, schema);
      say(
        policy,
        'never-applies',
        acts === undefined
          ? 'it can never apply: no request that the schema allows satisfies it'
          : `it can never apply: ${acts}`,
        'correct its head or its conditions, or delete it',
      );
      continue;
    }
    for (const action of namedIn(policy.json.action)) {
      const acts = actsOn(action, policy, schema);
      if (acts !== undefined)
        say(
          policy,
          'never-applies',
          `it never applies to ${action.id}: ${acts}`,
          `correct its head, or leave ${action.id} out`,
        );
    }
  }
  for (const policy of loaded.policies)
    if (policy.template !== undefined && impossible.has(policy.id) && !impossible.has(policy.template))
      say(
        policy,
        'never-applies',
        `this link of '${policy.template}' can never apply`,
        'correct the entities that it fills in, or delete it',
      );
  return findings;
}

function namedIn(scope: ScopeJson): readonly UidJson[] {
  if (scope.op === '==') return scope.entity === undefined ? [] : [plain(scope.entity)];
  return scope.op === 'in' ? (scope.entities ?? (scope.entity === undefined ? [] : [scope.entity])).map(plain) : [];
}

/** Why a policy never applies to an action that its head names; undefined where it may, and for groups of actions. */
function actsOn({ type, id }: UidJson, { json }: LoadedPolicy, schema: SchemaModel): string | undefined {
  const action = schema.actions.get(type)?.get(id);
  if (action === undefined || isGroup(action, schema)) return undefined;
  const resources = [...action.resources];
  if (!resources.some((name) => mayBe(json.resource, name, schema))) return `${id} acts on ${resources.join(', ')}`;
  const principals = [...action.principals];
  if (!principals.some((name) => mayBe(json.principal, name, schema)))
    return `${id} is done by ${principals.join(', ')}`;
  return undefined;
}

function isGroup(action: ActionModel, schema: SchemaModel): boolean {
  const { type, id } = action.entity;
  return action.resources.size === 0 && actionsOf({ op: 'in', entity: { type, id } }, schema).length > 0;
}
