import { pathOf, updating } from '../posture/patch.ts';
import type { OverlayAction } from '../findings/finding.ts';
import type { Access } from './access.ts';
import type { Proposal, ProposedScenario } from './model.ts';
import type { Rule } from './rules.ts';
import { callersOf, isKnown, times, type Run } from './run.ts';
import { propertyLocations } from './places.ts';
import type { Surface, TypeFacts } from './surface.ts';

/** The proposals that rules make: one policy for operations that have the same rule. */
export function policyProposals(run: Run, access: Access): Proposal[] {
  const byRule = new Map<string, Rule[]>();
  for (const rule of access.rules) {
    const key = JSON.stringify([
      rule.open,
      rule.owner,
      rule.group,
      rule.type?.type,
      rule.basis,
      rule.operation.operation.method === 'POST' && rule.operation.id === undefined,
    ]);
    byRule.set(key, [...(byRule.get(key) ?? []), rule]);
  }
  const used = new Set<string>();
  return [
    ...[...byRule.values()].flatMap((rules) => proposalsOf(run, rules, used)),
    ...ownerMarks(run, access),
    ...lists(run, access),
    ...loads(run, access),
  ];
}

function proposalsOf(run: Run, rules: readonly Rule[], used: Set<string>): Proposal[] {
  const [first] = rules;
  if (first === undefined) return [];
  const { type, owner, group, open, basis } = first;
  const { surface } = run;
  const rows = rules.flatMap((rule) => rule.rows);
  const operations = rules.map((rule) => rule.operation.operation.operationId);
  const refused = run.refused.filter((row) => operations.includes(row.operationId));
  const shared = {
    basis,
    reason: [...new Set(rules.map(({ why }) => why))].join('; '),
    rows: times(rows),
    callers: callersOf(rows.filter(({ exchange }) => isKnown(exchange))),
    refused: times(refused.filter(({ exchange }) => group === undefined || !exchange.caller.groups.includes(group))),
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
    const isCaller = type.name === 'User' && owner === type.id;
    const is = isCaller
      ? 'resource == principal'
      : `resource has ${attribute(owner)} && resource${dot(owner)} == principal`;
    const when = created ? `!(resource has ${attribute(owner)}) || (${is})` : is;
    const cedar = policy(
      id,
      `permit (principal is User, ${actions}, resource is ${type.name})\nwhen { ${when} };`,
      shared.reason,
    );
    const title = created
      ? `Who makes a ${type.type} makes it for nobody else`
      : `A ${type.type} is for whose id stands in its ${owner}`;
    const scenarios = isCaller
      ? callerScenarios(id, operations[0] ?? '')
      : ownerScenarios(id, operations[0] ?? '', type, owner);
    found.push({ ...shared, id, kind: 'owner', title, cedar, scenarios });
  }
  if (group !== undefined) {
    const id = unique(`${group} ${about}`, used);
    const resource = type === undefined || owner === undefined ? 'resource' : `resource is ${type.name}`;
    const cedar = policy(id, `permit (principal in Group::${quoted(group)}, ${actions}, ${resource});`, shared.reason);
    const scenarios = groupScenarios(id, first.operation, group, surface);
    found.push({ ...shared, id, kind: 'group', title: `${operations.join(', ')} are for ${group}`, cedar, scenarios });
  }
  return found;
}

/** Properties that hold a caller's id name a User, so that policies can compare them, whatever their type. */
function ownerMarks(run: Run, { owned, rules }: Access): Proposal[] {
  const marked = owned.flatMap(({ type, property, rows }): Proposal[] => {
    if (!rules.some((rule) => rule.type === type && rule.owner !== undefined)) return [];
    if (type.name === 'User' && property === type.id) return [];
    const updates = propertyLocations(run.surface.contract, type.type, property).map((at) => ({
      at,
      update: { 'x-castellan': { resource: 'User' } },
    }));
    const title = `${type.type}.${property} is the id of a User`;
    const overlay = updating(run.surface.contract, title, updates, false).actions ?? [];
    return [
      {
        id: `user-in-${kebab(type.type)}-${kebab(property)}`,
        kind: 'name',
        basis: 'run',
        title,
        reason: `it was the id of who called, for ${callersOf(rows)} callers`,
        rows: times(rows),
        callers: callersOf(rows),
        refused: 0,
        operations: [...new Set(rows.map(({ operationId }) => operationId))],
        overlay,
      },
    ];
  });
  return marked.length === 0 ? [] : [...declaredUser(run), ...marked];
}

/** Once properties name a User, the schema that shows one has to say so itself. */
function declaredUser({ surface }: Run): Proposal[] {
  const user = surface.contract.resources.get('User');
  if (user === undefined || user.declared) return [];
  const title = 'The schema of a User says that it is one';
  const update = { 'x-castellan': { resource: 'User', id: user.id } };
  const { actions } = updating(surface.contract, title, [{ at: user.schema.location, update }], false);
  if (actions === undefined) return [];
  const reason = 'properties of other objects name one';
  return [
    {
      id: 'declare-user',
      kind: 'name',
      basis: 'document',
      title,
      reason,
      rows: 0,
      callers: 0,
      refused: 0,
      operations: [],
      overlay: actions,
    },
  ];
}

/** Lists from which the objects of others are taken out. */
function lists(run: Run, { rules }: Access): Proposal[] {
  const filtered = rules.filter(({ removes }) => removes);
  return extensions(run, filtered, { denied: 'remove' }, (id) => ({
    id: `filter-${kebab(id)}`,
    kind: 'read',
    title: `Objects that the caller may not have are taken out of what ${id} answers`,
    reason: 'a list may hold fewer than the application answers, and no list is refused whole',
  }));
}

/** Writes are decided on the object as it is stored, which the gateway reads first. */
function loads(run: Run, { rules }: Access): Proposal[] {
  const { surface } = run;
  const governed = new Set(rules.map(({ operation }) => operation));
  const found = [...surface.operations.values()].flatMap((facts) => {
    const { operation, id, safe, types } = facts;
    const type = operation.resource?.type ?? '';
    const read = surface.types.get(type)?.read;
    if (id === undefined || !types.includes(type) || read === undefined || read === operation) return [];
    // A read whose answer shows the object is decided on that.
    if (safe && (!governed.has(facts) || showsObject(run, facts))) return [];
    if (operation.castellan.resolve !== undefined) return [];
    return extensions(run, [{ operation: facts }], { resolve: { operation: read.operationId } }, (name) => ({
      id: `load-${kebab(name)}`,
      kind: 'name',
      title: `${name} is decided on the ${type} as ${read.operationId} answers it`,
      reason: 'before the application changes anything; at the gateway this is how the object is read',
    }));
  });
  const [first, ...more] = found;
  if (first === undefined || more.length === 0) return found;
  return [
    {
      ...first,
      id: 'load-objects',
      title: 'What is written is decided on as it is stored, read by the operation that answers one',
      rows: found.reduce((sum, { rows }) => sum + rows, 0),
      callers: Math.max(...found.map(({ callers }) => callers)),
      operations: found.flatMap(({ operations }) => operations),
      overlay: found.flatMap(({ overlay = [] }) => overlay),
    },
  ];
}

function showsObject(run: Run, { operation, types }: Rule['operation']): boolean {
  const own = run.surface.types.get(operation.resource?.type ?? '');
  return own !== undefined && types.includes(own.type) && operation.path.endsWith('}');
}

function extensions(
  run: Run,
  of: readonly Pick<Rule, 'operation'>[],
  extension: object,
  say: (operationId: string) => Pick<Proposal, 'id' | 'kind' | 'title' | 'reason'>,
): Proposal[] {
  return of.flatMap(({ operation: { operation } }): Proposal[] => {
    const target = pathOf(run.surface.contract, operation.location);
    if (target === undefined) return [];
    const said = say(operation.operationId);
    const action: OverlayAction = { target, description: said.title, update: { 'x-castellan': extension } };
    const rows = run.of(operation.operationId);
    return [
      {
        ...said,
        basis: 'run',
        rows: times(rows),
        callers: callersOf(rows),
        refused: 0,
        operations: [operation.operationId],
        overlay: [action],
      },
    ];
  });
}

/** Scenarios of an owner rule: the owner may, somebody else may not. */
function ownerScenarios(id: string, action: string, { name }: TypeFacts, owner: string): ProposedScenario[] {
  const scenario = (who: string, expect: 'allow' | 'deny'): ProposedScenario => ({
    name: `${action}: ${expect === 'allow' ? 'whose id stands there' : 'somebody else'}`,
    principal: `User::"${who}"`,
    action,
    resource: `${name}::"1"`,
    entities: [{ uid: `User::"${who}"` }, { uid: `${name}::"1"`, attrs: { [owner]: 'ada' } }],
    expect,
    ...(expect === 'allow' ? { because: id } : {}),
  });
  return [scenario('ada', 'allow'), scenario('eve', 'deny')];
}

/** Scenarios of the caller's own object. */
function callerScenarios(id: string, action: string): ProposedScenario[] {
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
function groupScenarios(
  id: string,
  { operation, types }: Rule['operation'],
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
    entities: [
      { uid: 'User::"max"', parents: groups.map((one) => ({ type: 'Group', id: one })) },
      { uid: resource, attrs: {} },
    ],
    expect,
    ...(expect === 'allow' ? { because: id } : {}),
  });
  return [scenario([group], 'allow'), scenario([], 'deny')];
}

function policy(id: string, text: string, reason: string): string {
  return `// ${reason.replaceAll(/\s+/g, ' ')}\n@id(${quoted(id)})\n${text}\n`;
}

/** A text of a Cedar policy. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/\\u([0-9a-f]{4})/g, (_, code: string) => `\\u{${code}}`);
}

function isName(name: string): boolean {
  return (
    /^[A-Za-z_]\w*$/.test(name) &&
    !/^(?:true|false|if|then|else|in|is|like|has|when|unless|permit|forbid|principal|action|resource|context)$/.test(
      name,
    )
  );
}

function attribute(name: string): string {
  return isName(name) ? name : quoted(name);
}

function dot(name: string): string {
  return isName(name) ? `.${name}` : `[${quoted(name)}]`;
}

/** `Order new` is `order-new`. */
export function kebab(text: string): string {
  return text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function unique(text: string, used: Set<string>): string {
  const base = kebab(text) || 'policy';
  let id = base;
  for (let n = 2; used.has(id); n++) id = `${base}-${n}`;
  used.add(id);
  return id;
}
