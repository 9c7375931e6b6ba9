// The two policies of the article among others that cannot apply, and one request for each, in every engine's form.

export const sentence = `@id("78-hours")
permit (principal in Group::"section-editors", action == Action::"editSection", resource is Section)
when {
  resource has approval && resource.approval.tag == "ready" && resource.approval.by in Group::"approvers" &&
  context.now >= resource.approval.at && context.now < resource.approval.at.offset(duration("78h"))
};`;

export const owner = `@id("owner")
permit (principal, action == Action::"editMe", resource is User) when { resource == principal };`;

/** Policies for other groups, people, sections and operations: a quarter of each. */
export function policies(count: number): string {
  const others = Array.from({ length: count - 2 }, (_, i) => other(i));
  return [...others.slice(0, others.length / 2), sentence, owner, ...others.slice(others.length / 2)].join('\n');
}

function other(i: number): string {
  const when = `when { resource has approval && resource.approval.tag == "ready-${i}" }`;
  switch (i % 4) {
    case 0:
      return `permit (principal in Group::"editors-${i}", action == Action::"editSection", resource is Section) ${when};`;
    case 1:
      return `permit (principal == User::"user-${i}", action == Action::"editSection", resource is Section) ${when};`;
    case 2:
      return `permit (principal, action == Action::"editSection", resource == Section::"section-${i}") ${when};`;
    default:
      return `permit (principal in Group::"section-editors", action == Action::"operation-${i}", resource is Section) ${when};`;
  }
}

const uid = (type: string, id: string) => ({ type, id });
const time = (text: string) => ({ __extn: { fn: 'datetime', arg: text } });

const approval = { tag: 'ready', by: { __entity: uid('User', 'bob') }, at: time('2026-11-24T10:00:00.000Z') };
const entities = [
  {
    uid: uid('User', 'alice'),
    attrs: { name: 'Alice' },
    parents: [uid('Group', 'section-editors'), uid('Group', 'staff')],
  },
  { uid: uid('User', 'bob'), attrs: { name: 'Bob' }, parents: [uid('Group', 'approvers')] },
  { uid: uid('Section', 's1'), attrs: { heading: 'One', text: 'Text', approval }, parents: [] },
];

/** Requests in Cedar's JSON form. Both are allowed. */
export const requests = {
  sentence: {
    principal: uid('User', 'alice'),
    action: uid('Action', 'editSection'),
    resource: uid('Section', 's1'),
    context: { now: time('2026-11-26T10:00:00.000Z') },
    entities,
  },
  owner: {
    principal: uid('User', 'alice'),
    action: uid('Action', 'editMe'),
    resource: uid('User', 'alice'),
    context: {},
    entities: entities.slice(0, 1),
  },
} as const;

/** The same conditions in CEL, which has no hierarchy and no policy set: one expression, groups as lists. */
export const cel = {
  sentence: {
    expression:
      '"section-editors" in principal.groups && has(resource.approval) && resource.approval.tag == "ready" && ' +
      '"approvers" in resource.approval.by.groups && now >= resource.approval.at && now < resource.approval.at + duration("78h")',
    values: {
      principal: { groups: ['section-editors', 'staff'] },
      resource: { approval: { tag: 'ready', by: { groups: ['approvers'] }, at: new Date('2026-11-24T10:00:00.000Z') } },
      now: new Date('2026-11-26T10:00:00.000Z'),
    },
  },
  owner: {
    expression: 'resource.id == principal.id',
    values: { principal: { id: 'alice' }, resource: { id: 'alice' } },
  },
} as const;
