// Who may read and write properties, and which objects a body may name: bodies × policies. In one process.
import { test } from 'node:test';
import { own } from './notes.ts';
import { check, mine, theirs, permitted, no, type Call, type Outcome, type Row } from './policed.ts';

test('properties: who may read and write them', async () => {
  const policies = `permit (principal, action, resource is Note) ${own}; forbid (principal, action == Action::"setPrice", resource is Note) when { resource has title && resource.title == "Mine" }; `;
  const put = (sent: object, as = 'ada', path = '/notes/mine'): Call => ({ path, method: 'PUT', body: sent, as });
  const refused: Outcome = [403, 'unwritable-property'];
  await check({ policies }, [
    [put({ grade: 1 }), refused],
    [put({ grade: 1 }, 'ada.managers'), [204]],
    [put({ title: 'x' }), [204]],
    [put({ price: 1 }), refused],
    [put({ price: 1, title: 'Other' }), refused],
    [put({ grade: 1, price: 1 }, 'ada.managers'), refused],
    [{ path: '/notes', method: 'POST', body: { ownerId: 'ada', price: 1 }, status: 201, answers: mine }, [201]],
    [
      { path: '/notes', method: 'POST', body: { ownerId: 'ada', title: 'Mine', price: 1 }, status: 201, answers: mine },
      refused,
    ],
    [{ path: '/notes/mine', answers: { ...mine, salary: 1 } }, [200], mine],
    [{ path: '/notes/mine', as: 'ada.managers', answers: { ...mine, salary: 1 } }, [200], { ...mine, salary: 1 }],
    [{ path: '/notes/mine', answers: { ...mine, draft: 'd' } }, [200], { ...mine, draft: 'd' }],
    [
      {
        path: '/notes',
        answers: [
          { ...mine, salary: 1 },
          { ...mine, salary: 2 },
        ],
      },
      [200],
      [mine, mine],
    ],
  ]);
  const some = `permit (principal, action in [Action::"getNote", Action::"listNotes"], resource is Note); permit (principal, action == Action::"editNote", resource is Note) ${own};`;
  await check({ policies: some }, [
    [
      {
        path: '/notes',
        answers: [
          { ...mine, draft: 'd' },
          { ...theirs, draft: 'd' },
        ],
      },
      [200],
      [{ ...mine, draft: 'd' }, theirs],
    ],
    [{ path: '/notes/theirs', answers: { ...theirs, draft: 'd' } }, [200], theirs],
  ]);
});

test('objects that a body refers to, or holds', async () => {
  const put = (sent: object): Call => ({ path: '/notes/mine', method: 'PUT', body: sent });
  await check({ policies: permitted }, [
    [put({ parentId: 'mine' }), [204]],
    [put({ parentId: 'theirs' }), no],
    // One that is not there is the application's business.
    [put({ parentId: 'none' }), [204]],
    [put({ parts: [{ id: 'mine' }] }), [204]],
    [put({ parts: [{ id: 'mine' }, { id: 'theirs' }] }), no],
    [put({ parts: [{ id: 'theirs', ownerId: 'ada' }] }), no],
    [put({ parts: [{ id: 'new', ownerId: 'ada' }] }), [204]],
    [put({ parts: [{ id: 'new', ownerId: 'bob' }] }), no],
    [put({ parts: [{ title: 'x' }] }), [204]],
    [put({ parts: [{ parts: [{ id: 'theirs' }] }] }), no],
    [put({ parts: [{ parentId: 'theirs' }] }), no],
  ]);
});

test('patches write what they name', async () => {
  const policies = `permit (principal, action, resource is Note) ${own}; forbid (principal, action == Action::"setPrice", resource is Note);`;
  const patch = (...changes: readonly object[]): Call => ({
    path: '/notes/mine',
    method: 'PATCH',
    body: changes,
    type: 'application/json-patch+json',
  });
  const refused: Outcome = [403, 'unwritable-property'];
  const rows: readonly (readonly [object, Outcome])[] = [
    [{ op: 'replace', path: '/title', value: 'x' }, [204]],
    [{ op: 'replace', path: '/grade', value: 1 }, refused],
    [{ op: 'replace', path: '/price', value: 1 }, refused],
    [{ op: 'remove', path: '/grade' }, refused],
    [{ op: 'add', path: '', value: { grade: 1 } }, refused],
    [{ op: 'add', path: '', value: { title: 'x' } }, refused],
    [{ op: 'add', path: '/copy', value: { grade: 1 } }, refused],
    [{ op: 'add', path: '/copy/grade', value: 1 }, refused],
    [{ op: 'move', from: '/grade', path: '/title' }, refused],
    [{ op: 'move', from: '/title', path: '/grade' }, refused],
    [{ op: 'move', from: '/title', path: '/ownerId' }, [204]],
    [{ op: 'copy', from: '/salary', path: '/title' }, refused],
    [{ op: 'copy', from: '/title', path: '/ownerId' }, [204]],
    [{ op: 'test', path: '/salary', value: 1 }, refused],
    [{ op: 'test', path: '/title', value: 'x' }, [204]],
    [{ op: 'replace', path: '/parentId', value: 'theirs' }, no],
    [{ op: 'replace', path: '/parentId', value: 'mine' }, [204]],
    [{ op: 'add', path: '/ti~1tle', value: { 'gr~1ade': 1 } }, [204]],
  ];
  await check({ policies }, [
    ...rows.map(([change, outcome]): Row => [patch(change), outcome]),
    [patch({ op: 'replace', path: '/title', value: 'x' }, { op: 'remove', path: '/grade' }), refused],
    [patch(), [204]],
    [{ ...patch({ op: 'replace', path: '/grade', value: 1 }), as: 'ada.managers' }, [204]],
  ]);
});
