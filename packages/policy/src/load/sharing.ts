import { engine } from './engine.ts';
import type { Expression, PolicyJson, ScopeJson } from './est.ts';
import type { SchemaInput } from './schema.ts';

/** A type whose objects are shared one by one, by a table: its entity type, and the actions that apply to it. */
export interface SharedType {
  readonly type: string;
  readonly actions: ReadonlySet<string>;
}

/** The attributes of an object that hold who a template is linked for. */
export interface ShareAttributes {
  /** Users, one by one. */
  readonly users: string;
  /** Groups, and whoever is in them. */
  readonly groups: string;
  /** Tenants: everybody of an organisation. */
  readonly tenants: string;
  readonly everyone: string;
  /** Those that it is not for, whoever else it is for. */
  readonly notUsers: string;
  readonly notGroups: string;
}

/** `shares_reader_users`: the attributes of a template. */
export function shareAttributes(template: string): ShareAttributes {
  const name = `shares_${template.replaceAll(/[^A-Za-z\d_]/g, '_')}`;
  return {
    users: `${name}_users`,
    groups: `${name}_groups`,
    tenants: `${name}_tenants`,
    everyone: `${name}_everyone`,
    notUsers: `${name}_not_users`,
    notGroups: `${name}_not_groups`,
  };
}

/** Whether a template is for one object: `resource == ?resource`, for a principal that is open too. */
export function isPerObject({ principal, resource }: PolicyJson): boolean {
  const isOpen =
    principal.op === 'is' ? principal.in?.slot !== undefined : principal.op !== 'All' && principal.slot !== undefined;
  return isOpen && resource.op === '==' && resource.slot !== undefined;
}

/** The types that a template is shared on: those that its actions apply to. */
function typesOf({ action }: PolicyJson, shared: readonly SharedType[]): readonly string[] {
  if (action.op !== '==' && action.op !== 'in') return shared.map(({ type }) => type);
  const named = action.op === 'in' && action.entities !== undefined ? action.entities : [action.entity];
  return shared
    .filter(({ actions }) => named.some((uid) => uid !== undefined && actions.has(uid.id)))
    .map(({ type }) => type);
}

/** A template as policies about what objects say of whom they are shared with: one for each type. */
export function asShared(
  id: string,
  template: PolicyJson,
  shared: readonly SharedType[],
): { readonly id: string; readonly json: PolicyJson }[] {
  const types = typesOf(template, shared);
  return types.map((type) => ({
    id: types.length === 1 ? id : `${id} of ${type}`,
    json: {
      ...template,
      principal: headOf(template.principal),
      resource: { op: 'is', entity_type: type },
      conditions: [{ kind: 'when', body: membership(id, template.principal.op === '==') }, ...template.conditions],
    },
  }));
}

function headOf(principal: ScopeJson): ScopeJson {
  return principal.op === 'is' ? { op: 'is', entity_type: principal.entity_type } : { op: 'All' };
}

function membership(id: string, alone: boolean): Expression {
  const { users, groups, tenants, everyone, notUsers, notGroups } = shareAttributes(id);
  const inUsers = (name: string): string => `(resource has ${name} && resource.${name}.contains(principal))`;
  const inGroups = (name: string): string => `(resource has ${name} && principal in resource.${name})`;
  const isShared = [
    inUsers(users),
    ...(alone ? [] : [inGroups(groups)]),
    `(principal has tenant && resource has ${tenants} && resource.${tenants}.contains(principal.tenant))`,
    `(resource has ${everyone} && resource.${everyone})`,
  ].join(' || ');
  const text = `permit (principal, action, resource) when { principal is User && (${isShared}) && !${inUsers(notUsers)} && !${inGroups(notGroups)} };`;
  const answer = engine().policyToJson(text);
  if (answer.type === 'failure') throw new TypeError(`no shares of ${id}: ${answer.errors[0]?.message ?? ''}`);
  const [condition] = (answer.json as unknown as PolicyJson).conditions;
  if (condition === undefined) throw new TypeError(`no shares of ${id}`);
  return condition.body;
}

interface Shape {
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A schema whose shared types have the attributes of the templates. */
export function withShares(
  schema: SchemaInput,
  templates: readonly { readonly id: string; readonly json: PolicyJson }[],
  shared: readonly SharedType[],
): SchemaInput {
  if (typeof schema === 'string') throw new TypeError('shared types need the schema as JSON');
  const of = (element: object): object => ({ type: 'Set', element, required: false });
  const namespaces = Object.entries(
    schema as Readonly<Record<string, { readonly entityTypes: Readonly<Record<string, { readonly shape?: Shape }>> }>>,
  );
  return Object.fromEntries(
    namespaces.map(([name, namespace]) => {
      const types = Object.entries(namespace.entityTypes).map(([type, model]) => {
        const added = templates
          .filter(({ json }) => isPerObject(json) && typesOf(json, shared).includes(type))
          .flatMap(({ id }) => {
            const { users, groups, tenants, everyone, notUsers, notGroups } = shareAttributes(id);
            const user = { type: 'Entity', name: 'User' };
            const group = { type: 'Entity', name: 'Group' };
            return [
              [users, of(user)],
              [groups, of(group)],
              [tenants, of({ type: 'String' })],
              [everyone, { type: 'Boolean', required: false }],
              [notUsers, of(user)],
              [notGroups, of(group)],
            ] as const;
          });
        if (added.length === 0) return [type, model] as const;
        const attributes = { ...model.shape?.attributes, ...Object.fromEntries(added) };
        return [type, { ...model, shape: { type: 'Record', ...model.shape, attributes } }] as const;
      });
      return [name, { ...namespace, entityTypes: Object.fromEntries(types) }] as const;
    }),
  ) as SchemaInput;
}
