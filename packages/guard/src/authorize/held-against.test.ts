// What of a caller a policy may hold against it: every place of a policy × both effects.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldAgainst } from './held-against.ts';

const all = { op: 'All' } as const;
const group = { entity: { type: 'Group', id: 'staff' } };
const principal = { Var: 'principal' };
const resource = { Var: 'resource' };
const groups = { '.': { left: principal, attr: 'groups' } };
const tenant = { '.': { left: principal, attr: 'tenant' } };
const same = { '==': { left: tenant, right: { '.': { left: resource, attr: 'tenant' } } } };
const inGroup = { in: { left: principal, right: { Value: { __entity: group.entity } } } };
const isIn = { is: { left: principal, entity_type: 'User', in: { Value: { __entity: group.entity } } } };
const has = { has: { left: principal, attr: 'tenant' } };

const held = (effect: 'permit' | 'forbid', conditions: readonly object[], head: object = all): string[] =>
  [...heldAgainst({ effect, principal: head, action: all, resource: all, conditions } as never)].sort();
const when = (body: unknown): object[] => [{ kind: 'when', body }];
const unless = (body: unknown): object[] => [{ kind: 'unless', body }];

test('heads: only who is forbidden something as a member', () => {
  for (const [head, found] of [
    [all, []],
    [{ op: '==', entity: { type: 'User', id: 'ada' } }, []],
    [{ op: 'is', entity_type: 'User' }, []],
    [{ op: 'in', ...group }, ['groups']],
    [{ op: 'is', entity_type: 'User', in: group }, ['groups']],
  ] as const) {
    assert.deepEqual(held('forbid', [], head), found);
    assert.deepEqual(held('permit', [], head), []);
  }
  assert.deepEqual([...heldAgainst({ effect: 'permit', principal: all, action: all, resource: all } as never)], []);
});

/** An expression, what it names, and whether a permission that needs it to be true holds it against the caller. */
const expressions: readonly (readonly [name: string, body: unknown, names: readonly string[], inWhen: boolean])[] = [
  ['nothing', { Value: true }, [], false],
  ['groups', groups, ['groups'], false],
  ['a tenant', tenant, ['tenant'], false],
  ['whether there is a tenant', has, ['tenant'], false],
  ['membership', inGroup, ['groups'], false],
  ['membership by type', isIn, ['groups'], false],
  ['a type alone', { is: { left: principal, entity_type: 'User' } }, [], false],
  ['another attribute', { '.': { left: principal, attr: 'id' } }, [], false],
  ['the object’s tenant', { '.': { left: resource, attr: 'tenant' } }, [], false],
  ['what the object is in', { in: { left: resource, right: groups } }, ['groups'], false],
  ['an attribute of what is no variable', { '.': { left: { Value: 1 }, attr: 'tenant' } }, [], false],
  ['an attribute of nothing', { '.': { left: null, attr: 'tenant' } }, [], false],
  ['not groups', { '!': { arg: inGroup } }, ['groups'], true],
  ['not not groups', { '!': { arg: { '!': { arg: inGroup } } } }, ['groups'], false],
  ['equality', same, ['tenant'], true],
  ['difference', { '!=': { left: tenant, right: { Value: 'x' } } }, ['tenant'], true],
  ['a call', { contains: { left: groups, right: { Value: 'x' } } }, ['groups'], false],
  ['a list', { Set: [groups, has] }, ['groups', 'tenant'], false],
  ['both', { '&&': { left: inGroup, right: has } }, ['groups', 'tenant'], false],
  ['a condition', { 'if-then-else': { if: has, then: { Value: true }, else: { Value: false } } }, ['tenant'], true],
  ['a branch', { 'if-then-else': { if: { Value: true }, then: has, else: { Value: false } } }, ['tenant'], false],
  [
    'the other branch',
    { 'if-then-else': { if: { Value: true }, then: { Value: true }, else: { '!': { arg: has } } } },
    ['tenant'],
    true,
  ],
  ['a condition that is none', { 'if-then-else': null }, [], false],
];
for (const [name, body, names, inWhen] of expressions)
  test(`conditions: ${name}`, () => {
    // A permission that the caller gets by it is lost where it is not known; one that it would lose is kept.
    assert.deepEqual(held('permit', when(body)), inWhen ? names : []);
    assert.deepEqual(
      held('permit', unless(body)),
      name.startsWith('not groups') || name === 'the other branch' ? [] : names,
    );
    for (const conditions of [when(body), unless(body)]) assert.deepEqual(held('forbid', conditions), names);
  });

test('every condition counts', () => {
  assert.deepEqual(held('permit', [...when(tenant), ...unless(inGroup)]), ['groups']);
  assert.deepEqual(held('forbid', [...when(tenant), ...unless(inGroup)]), ['groups', 'tenant']);
});
