import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicies } from '../policy-set.ts';
import { EntityRef } from '../values/entity.ts';
import { whatMay, whoMay } from './access.ts';
import type { PlainEntity } from './read.ts';

const set = compilePolicies({
  schema: `entity Group in [Group]; entity User in [Group]; entity Folder in [Folder];
    entity Doc in [Folder] { ownerId: User, open: Bool }; entity Api;
    action "read", "edit" appliesTo { principal: User, resource: Doc, context: { now: datetime } };
    action "audit" appliesTo { principal: User, resource: Api, context: { now: datetime } };`,
  policies: `
    @id("own") permit (principal, action, resource is Doc) when { resource.ownerId == principal };
    @id("open") permit (principal, action == Action::"read", resource is Doc) when { resource.open };
    @id("staff") permit (principal in Group::"staff", action == Action::"read", resource in Folder::"work");
    @id("auditors") permit (principal in Group::"auditors", action == Action::"audit", resource);
    @id("late") forbid (principal, action == Action::"edit", resource) when { context.now > datetime("2026-01-01") };`,
});

const ref = (type: string, id: string): EntityRef => new EntityRef(type, id);
const entity = (
  uid: EntityRef,
  parents: readonly EntityRef[] = [],
  attrs: Record<string, unknown> = {},
): PlainEntity => ({
  uid,
  parents,
  attrs,
  tags: {},
});

/** All users, groups and documents of a small company, by a number that says who is in what. */
function company(n: number): {
  entities: PlainEntity[];
  isStaff: (user: number) => boolean;
  isWork: (doc: number) => boolean;
} {
  const bit = (at: number): boolean => ((n >> at) & 1) === 1;
  const entities = [
    entity(ref('Group', 'team'), bit(0) ? [ref('Group', 'staff')] : []),
    entity(ref('Folder', 'sub'), bit(1) ? [ref('Folder', 'work')] : []),
  ];
  for (let user = 0; user < 3; user++)
    entities.push(
      entity(
        ref('User', `u${user}`),
        bit(2 + user) ? [ref('Group', 'team')] : user === 2 ? [ref('Group', 'auditors')] : [],
      ),
    );
  for (let doc = 0; doc < 2; doc++)
    entities.push(
      entity(ref('Doc', `d${doc}`), bit(5 + doc) ? [ref('Folder', 'sub')] : [], {
        ownerId: `u${doc}`,
        open: bit(7) && doc === 1,
      }),
    );
  return {
    entities,
    isStaff: (user) => bit(0) && bit(2 + user),
    isWork: (doc) => bit(1) && bit(5 + doc),
  };
}

const ids = (list: readonly { readonly principal: EntityRef; readonly policies: readonly string[] }[]): string[] =>
  list.map(({ principal, policies }) => `${principal.id}: ${policies.join()}`);

test('who may read is who the sets say, with the policy, in 256 companies; and what somebody may agrees', () => {
  for (let n = 0; n < 256; n++) {
    const { entities, isStaff, isWork } = company(n);
    const question = { now: '2025-06-01T00:00:00Z', context: {}, entities };
    for (let doc = 0; doc < 2; doc++) {
      const isOpen = ((n >> 7) & 1) === 1 && doc === 1;
      const expected = [0, 1, 2].flatMap((user) => {
        const by = [
          ...(user === doc ? ['own'] : []),
          ...(isOpen ? ['open'] : []),
          ...(isStaff(user) && isWork(doc) ? ['staff'] : []),
        ];
        return by.length === 0 ? [] : [`u${user}: ${by.join()}`];
      });
      const about = { action: ref('Action', 'read'), resource: ref('Doc', `d${doc}`) };
      assert.deepEqual(ids(whoMay(set, { ...question, ...about })), [...expected, ...(isOpen ? [': open'] : [])]);
      for (let user = 0; user < 3; user++) {
        const may = whatMay(set, { ...question, principal: ref('User', `u${user}`), api: 'Docs' });
        const reads = may.some(({ action, resource }) => action.id === 'read' && resource.id === `d${doc}`);
        assert.equal(
          reads,
          expected.some((one) => one.startsWith(`u${user}:`)),
        );
      }
    }
  }
});

test('the time counts, and the API itself is asked about', () => {
  const { entities } = company(0);
  const may = (now: string, user: string): string[] =>
    whatMay(set, { now, context: {}, entities, principal: ref('User', user), api: 'Docs' }).map(
      ({ action, resource }) => `${action.id} ${resource.id}`,
    );
  assert.deepEqual(may('2025-06-01T00:00:00Z', 'u0').toSorted(), ['edit d0', 'read d0']);
  assert.deepEqual(may('2026-06-01T00:00:00Z', 'u0'), ['read d0']);
  assert.deepEqual(may('2025-06-01T00:00:00Z', 'u2'), ['audit Docs']);
});
