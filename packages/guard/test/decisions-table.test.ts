// What policies decide, before the handler and on its answer: operations × policies × objects. In one process.
// promise: existence-secret
// promise: failing-forbid-forbids
import { test } from 'node:test';
import type { EntityJson } from '@castellan/guard';
import { own } from './notes.ts';
import { check, mine, theirs, permitted, no, hidden, undecided } from './policed.ts';

test('one object, before the handler: as it is stored', () =>
  check({ policies: permitted }, [
    [{ path: '/notes/mine', answers: mine }, [200], mine],
    [{ path: '/notes/theirs', answers: mine }, no],
    [{ path: '/notes/none', answers: mine }, [404, 'no-object']],
    [{ path: '/notes/mine', as: 'bob', answers: mine }, [200]],
    [{ path: '/notes/mine', method: 'HEAD', status: 200 }, [200]],
    [{ path: '/notes/theirs', method: 'HEAD', status: 200 }, no],
    [{ path: '/notes/mine', method: 'DELETE' }, [204]],
    [{ path: '/notes/theirs', method: 'DELETE' }, no],
    [{ path: '/notes/none', method: 'DELETE' }, [404, 'no-object']],
    [{ path: '/notes/mine', method: 'PUT', body: { title: 'x' } }, [204]],
    [{ path: '/notes/theirs', method: 'PUT', body: { title: 'x', ownerId: 'ada' } }, no],
    [{ path: '/notes/mine/file', answers: 'bytes' }, [200]],
    [{ path: '/notes/theirs/file', answers: 'bytes' }, no],
    // What is answered is decided on again, as it is now.
    [{ path: '/notes/mine', answers: theirs }, [403, 'policy-denied']],
    [{ path: '/notes/mine', answers: { ...mine, ownerId: 'bob' } }, no],
    [{ path: '/notes/mine', status: 302 }, [302]],
    [{ path: '/notes/mine', status: 404, answers: { title: 'none' } }, [404]],
    [{ path: '/notes/mine', method: 'PUT', body: { title: 'x' }, answers: { ...mine, ownerId: 'bob' } }, hidden],
  ]));

test('an object that the query names, or does not', () =>
  check({ policies: permitted }, [
    [{ path: '/notes/one?note=mine', answers: mine }, [200]],
    [{ path: '/notes/one?note=theirs', answers: theirs }, no],
    [{ path: '/notes/one', answers: mine }, [200]],
    [{ path: '/notes/one', answers: theirs }, no],
    [{ path: '/notes/one', answers: {} }, no],
    [{ path: '/notes/one', status: 204 }, [500, 'undeclared-status']],
  ]));

test('objects that a body names', () =>
  check({ policies: permitted }, [
    [{ path: '/notes/drop', method: 'POST', body: { ids: ['mine'] } }, [204]],
    [{ path: '/notes/drop', method: 'POST', body: { ids: ['mine', 'theirs'] } }, no],
    [{ path: '/notes/drop', method: 'POST', body: { ids: ['theirs', 'mine'] } }, no],
    [{ path: '/notes/drop', method: 'POST', body: { ids: ['mine', 'none'] } }, [404, 'no-object']],
    // What names none may be about all.
    [{ path: '/notes/drop', method: 'POST', body: { ids: [] } }, no],
    [{ path: '/notes/drop', method: 'POST', body: {} }, no],
  ]));

test('lists and counts, on what they answer', () =>
  check({ policies: permitted }, [
    [{ path: '/notes', answers: [mine] }, [200], [mine]],
    [{ path: '/notes', answers: [] }, [200], []],
    [{ path: '/notes', answers: [mine, theirs] }, hidden],
    [{ path: '/notes', answers: [{ title: 'x' }] }, hidden],
    [{ path: '/notes/count', answers: { count: 7 } }, undecided],
  ]));

test('an answer that shows no object is decided on where a policy permits it whatever the objects are', async () => {
  const counted = { path: '/notes/count', answers: { count: 7 } };
  const staff = { ...counted, as: 'max.staff' };
  const group = 'permit (principal in Group::"staff", action == Action::"countNotes", resource);';
  await check({ policies: `${permitted}\n${group}` }, [
    [staff, [200], { count: 7 }],
    [counted, undecided],
  ]);
  const who = 'permit (principal, action == Action::"countNotes", resource) when { context.scopes.contains("x") };';
  await check({ policies: `${permitted}\n${who}` }, [[staff, undecided]]);
  // Neither a permission that looks at the object, nor one beside a policy that forbids some.
  const some =
    'permit (principal in Group::"staff", action == Action::"countNotes", resource) when { resource has title };';
  await check({ policies: `${permitted}\n${some}` }, [[staff, undecided]]);
  const not = 'forbid (principal, action == Action::"countNotes", resource) when { resource has salary };';
  await check({ policies: `${permitted}\n${group}\n${not}` }, [[staff, undecided]]);
  // A list that can show objects is decided on them.
  const list = 'permit (principal in Group::"staff", action == Action::"listNotes", resource);';
  await check({ policies: `${permitted}\n${list}` }, [
    [{ path: '/notes', as: 'max.staff', answers: { count: 7 } }, [500, 'schema']],
  ]);
});

test('what may not be seen is taken out where the contract says so', () =>
  check({ policies: permitted, more: { denied: 'remove' } }, [
    [{ path: '/notes', answers: [mine, theirs] }, [200], [mine]],
    [{ path: '/notes', answers: [theirs, mine, theirs, mine] }, [200], [mine, mine]],
    [{ path: '/notes', answers: [theirs] }, [200], []],
    [{ path: '/notes/mine', answers: { ...mine, copy: theirs } }, [200], mine],
    [{ path: '/notes/mine', answers: { ...mine, copy: { ...mine, copy: theirs } } }, [200], { ...mine, copy: mine }],
    [{ path: '/notes/mine', answers: { ...theirs, copy: mine } }, no],
  ]));

test('new objects, on what is said of them', () =>
  check({ policies: permitted }, [
    [{ path: '/notes', method: 'POST', body: { ownerId: 'ada' }, status: 201, answers: mine }, [201]],
    [{ path: '/notes', method: 'POST', body: { ownerId: 'bob' }, status: 201, answers: mine }, no],
    [{ path: '/notes', method: 'POST', body: { ownerId: 'ada' }, status: 201, answers: theirs }, hidden],
    [{ path: '/notes', method: 'POST', body: { ownerId: 'ada', id: 'mine' }, status: 201, answers: mine }, [201]],
    [{ path: '/notes', method: 'POST', body: { ownerId: 'ada', id: 'theirs' }, status: 201, answers: mine }, no],
    [{ path: '/notes', method: 'POST', body: { ownerId: 'ada', id: 'new' }, status: 201, answers: mine }, [201]],
    [{ path: '/notes/many', method: 'POST', body: [{ ownerId: 'ada' }, { ownerId: 'ada' }], status: 201 }, [201]],
    [{ path: '/notes/many', method: 'POST', body: [{ ownerId: 'ada' }, { ownerId: 'bob' }], status: 201 }, no],
    [{ path: '/notes/many', method: 'POST', body: [], status: 201 }, no],
    [
      {
        path: '/notes/many',
        method: 'POST',
        body: Array.from({ length: 1001 }, () => ({ ownerId: 'ada' })),
        status: 201,
      },
      [403, 'too-many-objects'],
    ],
  ]));

const onAny = 'permit (principal, action == Action::"clearNotes", resource is Note);';
test('a write that names no object needs a permission on all', async () => {
  const clear = { path: '/notes/clear', method: 'PUT', body: {} };
  await check({ policies: permitted }, [[clear, no]]);
  await check({ policies: onAny }, [[clear, [204]]]);
  await check(
    {
      policies: `${onAny} forbid (principal, action, resource is Note) when { resource has title && resource.title == "x" };`,
    },
    [[clear, [403, 'no-id']]],
  );
  await check({ policies: `${onAny} forbid (principal == User::"bob", action, resource);` }, [
    [clear, [204]],
    [{ ...clear, as: 'bob' }, no],
  ]);
});

test('the API as a whole, and the caller’s own object', async () => {
  const policies =
    'permit (principal in Group::"staff", action == Action::"getStatus", resource); permit (principal, action == Action::"getMe", resource is User) when { resource == principal };';
  await check({ policies, castellan: { profile: 'standard' } }, [
    [{ path: '/status', as: 'ada.staff', answers: {} }, [200]],
    [{ path: '/status', answers: {} }, no],
    [{ path: '/me', answers: { id: 'ada', name: 'A' } }, [200]],
    [{ path: '/me', answers: { id: 'bob', name: 'B' } }, no],
  ]);
});

test('what no policy speaks of: free, or under the profile bank refused as not there', async () => {
  const policies = `permit (principal, action in [Action::"getNote", Action::"editNote"], resource is Note) ${own};`;
  await check({ policies }, [
    [{ path: '/status', answers: {} }, [200]],
    [{ path: '/notes', answers: [mine] }, [200]],
    [{ path: '/notes', answers: [theirs] }, hidden],
    [{ path: '/notes/clear', method: 'PUT', body: {} }, [204]],
    [{ path: '/notes/theirs', method: 'DELETE' }, [204]],
  ]);
  await check({ policies, castellan: { profile: 'bank' } }, [
    [{ path: '/status', answers: {} }, [404, 'no-policy']],
    [{ path: '/notes', answers: [mine] }, [404, 'no-policy']],
    [{ path: '/notes/mine', answers: mine }, [200]],
    [{ path: '/notes/theirs', answers: theirs }, [404, 'policy-denied']],
    [{ path: '/notes/mine', status: 404, answers: { title: 'none' } }, [404, 'handler-not-found']],
  ]);
  await check({ policies, more: { existence: 'secret' } }, [
    [{ path: '/notes/theirs', answers: theirs }, [404, 'policy-denied']],
    [{ path: '/notes/mine', answers: theirs }, [404, 'policy-denied']],
    [{ path: '/notes/mine', answers: mine }, [200]],
  ]);
});

test('a policy that forbids counts wherever one permits, and where none does', async () => {
  const forbid =
    'forbid (principal, action, resource is Note) when { resource has title && resource.title == "Mine" };';
  await check({ policies: `${permitted} ${forbid}` }, [
    [{ path: '/notes/mine', answers: mine }, no],
    [{ path: '/notes', answers: [{ ...mine, title: 'x' }] }, [200]],
    [{ path: '/notes', answers: [mine] }, hidden],
  ]);
  await check({ policies: forbid }, [
    [{ path: '/notes/mine', answers: mine }, no],
    [{ path: '/notes/theirs', answers: theirs }, [200]],
    [{ path: '/notes/mine', method: 'DELETE' }, no],
    [{ path: '/notes/theirs', method: 'DELETE' }, [204]],
    [{ path: '/status', answers: {} }, [200]],
  ]);
});

const nobodyLoads = { castellan: { profile: 'toy' }, options: { resources: {} } };

test('reads of objects that nobody loads are decided on the answer, which has to show the object', () =>
  check({ policies: permitted, ...nobodyLoads }, [
    [{ path: '/notes/mine', answers: mine }, [200], mine],
    [{ path: '/notes/theirs', answers: theirs }, no],
    [{ path: '/notes/mine', answers: {} }, no],
    [{ path: '/notes/mine', status: 302 }, undecided],
    [{ path: '/notes/mine', status: 404, answers: { title: 'none' } }, [404]],
    [{ path: '/notes/mine', method: 'HEAD', status: 200 }, undecided],
    [{ path: '/notes/mine/file', answers: 'bytes' }, undecided],
    [{ path: '/notes', answers: [] }, [200], []],
    [{ path: '/notes', answers: [mine] }, [200], [mine]],
    [{ path: '/notes', answers: [mine, theirs] }, hidden],
    [{ path: '/notes/one?note=mine', answers: mine }, [200]],
    [{ path: '/notes/one?note=theirs', answers: theirs }, no],
    // A write that nobody can load is decided on its name.
    [{ path: '/notes/mine', method: 'DELETE' }, no],
  ]));

test('a write is decided on its name alone where nobody loads the object', () =>
  check({ policies: 'permit (principal, action, resource == Note::"a");', ...nobodyLoads }, [
    [{ path: '/notes/a', method: 'DELETE' }, [204]],
    [{ path: '/notes/b', method: 'DELETE' }, no],
    [{ path: '/notes/drop', method: 'POST', body: { ids: ['a'] } }, [204]],
    [{ path: '/notes/drop', method: 'POST', body: { ids: ['a', 'b'] } }, no],
    [{ path: '/notes/drop', method: 'POST', body: {} }, no],
    [{ path: '/notes/a', answers: { id: 'a' } }, [200]],
    [{ path: '/notes/a', answers: { id: 'b' } }, no],
  ]));

test('who could be permitted nothing is refused before the handler', () =>
  check(
    {
      policies: `permit (principal in Group::"staff", action, resource is Note) ${own}; permit (principal == User::"eve", action == Action::"getNote", resource is Note);`,
      ...nobodyLoads,
    },
    [
      [{ path: '/notes/mine', answers: mine }, no],
      [{ path: '/notes', answers: [] }, no],
      [{ path: '/notes', as: 'ada.staff', answers: [mine] }, [200]],
      [{ path: '/notes', as: 'eve', answers: [] }, no],
      [{ path: '/notes/mine', as: 'eve', answers: mine }, [200]],
      [{ path: '/notes/mine', as: 'ada.staff', answers: mine }, [200]],
      [{ path: '/notes/mine', as: 'ada.others', answers: mine }, no],
    ],
  ));

test('groups of a directory count, through other groups, and not those of the credential', async () => {
  const policies = 'permit (principal in Group::"people", action, resource is Note);';
  const entityOf = (type: string, name: string, ...groups: readonly string[]): EntityJson => ({
    uid: { type, id: name },
    parents: groups.map((group) => ({ type: 'Group', id: group })),
  });
  const entities = [entityOf('User', 'ada', 'staff'), entityOf('User', 'bob'), entityOf('Group', 'staff', 'people')];
  const asked = (uids: readonly { readonly id: string }[]): readonly EntityJson[] =>
    entities.filter(({ uid }) => uids.some(({ id }) => id === uid.id));
  for (const directory of [entities, asked])
    await check({ policies, options: { entities: directory } }, [
      [{ path: '/notes/mine', answers: mine }, [200]],
      [{ path: '/notes/mine', as: 'bob.people', answers: mine }, no],
      [{ path: '/notes/mine', as: 'eve.people', answers: mine }, [200]],
      [{ path: '/notes/mine', as: 'eve.staff', answers: mine }, [200]],
      [{ path: '/notes/mine', as: 'eve', answers: mine }, no],
      [{ path: '/notes', answers: [mine, theirs] }, [200]],
    ]);
});
