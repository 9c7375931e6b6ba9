import { pathOf, rootOf, updating } from '../posture/patch.ts';
import type { OverlayAction } from '../findings/finding.ts';
import type { Access } from './access.ts';
import { kebab } from './cedar.ts';
import { asOne, type Proposal } from './model.ts';
import { isCallerItself, isReference, typesOn } from './owner-path.ts';
import { parameterLocations, propertyLocations } from './places.ts';
import type { Rule } from './rules.ts';
import { callersOf, times, type Run } from './run.ts';

/** What the document has to say for the policies of an access: whose ids stand where, how objects are read, what is filtered. */
export function documentProposals(run: Run, access: Access): Proposal[] {
  const marks = [...ownerMarks(run, access), ...parameterMarks(run, access)];
  return [
    ...(marks.length === 0 ? [] : declaredUser(run)),
    ...marks,
    ...lists(run, access),
    ...loads(run, access),
    ...unreadable(run),
  ];
}

/**
 * Properties that hold a caller's id name a User, so that policies can compare them, whatever their type; those that name other
 * objects on the way say of which type.
 */
function ownerMarks(run: Run, { owned, rules, tenants }: Access): Proposal[] {
  const { surface } = run;
  const used = [
    ...owned.filter(({ type }) => rules.some((rule) => rule.type === type && rule.owner !== undefined)),
    ...tenants.flatMap(({ of }) => of ?? []),
  ];
  const found = new Map<string, Proposal>();
  for (const { type, bond, rows } of used) {
    const types = typesOn(surface, type, bond) ?? [];
    for (const [n, { property, to }] of bond.steps.entries()) {
      const holder = types[n];
      const isLast = n === bond.steps.length - 1;
      if (holder === undefined || isReference(holder, property)) continue;
      if (isLast && (bond.by !== 'sub' || isCallerItself(holder, { steps: [{ property }], by: 'sub' }))) continue;
      const named = isLast ? 'User' : to;
      const key = `${holder.type} ${property}`;
      if (named === undefined || found.has(key)) continue;
      const updates = propertyLocations(surface.contract, holder.type, property).map((at) => ({
        at,
        update: { 'x-castellan': { resource: named } },
      }));
      const title = `${holder.type}.${property} is the id of a ${named}`;
      found.set(key, {
        id: `${kebab(named)}-in-${kebab(holder.type)}-${kebab(property)}`,
        kind: 'name',
        basis: rows.length === 0 ? 'document' : 'run',
        title,
        reason:
          rows.length === 0
            ? 'by its name it is the owner, and policies can only compare it with who calls once it names a User'
            : isLast
              ? `it was the id of who called, for ${callersOf(rows)} callers`
              : `each was the id of a ${named} that was answered, and that says whose it is`,
        rows: times(rows),
        callers: callersOf(rows),
        refused: 0,
        operations: [...new Set(rows.map(({ operationId }) => operationId))],
        overlay: updating(surface.contract, title, updates, false).actions ?? [],
      });
    }
  }
  return [...found.values()];
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
function lists(run: Run, { rules, tenants }: Access): Proposal[] {
  const filtered = [
    ...new Set([
      ...rules.filter(({ removes }) => removes).map(({ operation }) => operation),
      ...tenants
        .filter(({ operation, of }) => of !== undefined && operation.safe && operation.id === undefined)
        .map(({ operation }) => operation),
    ]),
  ].map((operation) => ({ operation }));
  return extensions(run, filtered, { denied: 'remove' }, (id) => ({
    id: `filter-${kebab(id)}`,
    kind: 'read',
    title: `Objects that the caller may not have are taken out of what ${id} answers`,
    reason: 'a list may hold fewer than the application answers, and no list is refused whole',
  }));
}

/** Writes are decided on the object as it is stored, which the gateway reads first. */
function loads(run: Run, { rules, tenants }: Access): Proposal[] {
  const { surface } = run;
  const governed = new Set([...rules, ...tenants].map(({ operation }) => operation));
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
  return asOne(
    found,
    'load-objects',
    'What is written is decided on as it is stored, read by the operation that answers one',
  );
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
        basis: rows.length === 0 ? 'document' : 'run',
        rows: times(rows),
        callers: callersOf(rows),
        refused: 0,
        operations: [operation.operationId],
        overlay: [action],
      },
    ];
  });
}

/** Parameters and properties of bodies that name the caller. */
function parameterMarks(run: Run, { rules }: Access): Proposal[] {
  return rules.flatMap(({ operation, parameter, rows }): Proposal[] => {
    if (parameter === undefined || parameter.by !== 'sub') return [];
    const { operationId } = operation.operation;
    const title = `${parameter.name} of ${operationId} is the id of a User`;
    const updates = parameterLocations(operation.operation, parameter).map((at) => ({
      at,
      update: { 'x-castellan': { resource: 'User' } },
    }));
    return [
      {
        id: `user-in-${kebab(operationId)}-${kebab(parameter.name)}`,
        kind: 'name',
        basis: 'run',
        title,
        reason: `it was the id of who called each time`,
        rows: times(rows),
        callers: callersOf(rows),
        refused: 0,
        operations: [operationId],
        overlay: updating(run.surface.contract, title, updates, false).actions ?? [],
      },
    ];
  });
}

/** Under the usual profile a guard does not start where the object of a write cannot be read by anything. */
function unreadable({ surface }: Run): Proposal[] {
  const { contract } = surface;
  const { profile } = contract.castellan;
  const written = [...surface.operations.values()].filter(
    ({ operation, id, safe, types }) =>
      !safe &&
      (id === undefined || id.startsWith('path.')) &&
      /\{[^/{}]+\}/.test(operation.path) &&
      operation.resource?.id !== undefined &&
      types.includes(operation.resource.type) &&
      surface.types.get(operation.resource.type)?.read === undefined,
  );
  const target = pathOf(contract, rootOf(contract));
  if (written.length === 0 || target === undefined || profile === 'toy' || profile === 'internal') return [];
  const operations = written.map(({ operation }) => operation.operationId);
  const title = 'Writes whose object no operation reads are decided without it';
  return [
    {
      id: 'profile-internal',
      kind: 'name',
      basis: 'document',
      title,
      reason: `nothing answers the object of ${operations.join(', ')}: under the profile standard no guard would start`,
      rows: 0,
      callers: 0,
      refused: 0,
      operations,
      overlay: [{ target, description: title, update: { 'x-castellan': { profile: 'internal' } } }],
    },
  ];
}
