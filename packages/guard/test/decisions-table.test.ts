// What policies decide, before the handler and on its answer: operations × policies × objects. In one process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { apiOf, asking, type Answered } from './asked.ts';
import { answers, cedar, content, done, id, item, noteRef, own, resources, stored, text } from './notes.ts';

const patchBody = {
  type: 'array',
  items: { type: 'object', properties: { op: text, path: text, from: text, value: {} } },
};
const ofNotes = { resource: { type: 'Note' } };
const body = (schema: object, type?: string): object => ({ requestBody: content(schema, type) });
const inQuery = [{ name: 'note', in: 'query', schema: text }];
const list = { type: 'array', items: noteRef };

const note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  properties: {
    id: text,
    ownerId: text,
    title: text,
    price: { type: 'integer', 'x-castellan': { write: ['action:setPrice'] } },
    grade: { type: 'integer', 'x-castellan': { write: ['managers'] } },
    salary: { type: 'integer', 'x-castellan': { read: ['managers'] } },
    draft: { type: 'string', 'x-castellan': { read: ['action:editNote'] } },
    parentId: { type: 'string', 'x-castellan': { resource: 'Note', action: 'getNote' } },
    copy: { $ref: '#/components/schemas/Note' },
    parts: { type: 'array', items: { $ref: '#/components/schemas/Note' } },
  },
};
const user = { type: 'object', 'x-castellan': { resource: 'User' }, properties: { id: text, name: text } };

function documentOf(castellan: object, more: object = {}): Record<string, unknown> {
  return apiOf(
    {
      '/notes': {
        get: { operationId: 'listNotes', 'x-castellan': { ...ofNotes, ...more }, responses: answers(list) },
        post: {
          operationId: 'createNote',
          'x-castellan': ofNotes,
          ...body(noteRef),
          responses: { 201: { description: 'It', ...content(noteRef) } },
        },
      },
      '/notes/many': {
        post: {
          operationId: 'createNotes',
          'x-castellan': ofNotes,
          ...body(list),
          responses: { 201: { description: 'All' } },
        },
      },
      '/notes/clear': {
        put: { operationId: 'clearNotes', 'x-castellan': ofNotes, ...body({ type: 'object' }), responses: done },
      },
      '/notes/count': {
        get: {
          operationId: 'countNotes',
          'x-castellan': ofNotes,
          responses: answers({ type: 'object', properties: { count: { type: 'integer' } } }),
        },
      },
      '/notes/one': {
        get: {
          operationId: 'findNote',
          parameters: inQuery,
          'x-castellan': { resource: { type: 'Note', id: 'query.note' }, ...more },
          responses: answers(noteRef),
        },
      },
      '/notes/drop': {
        post: {
          operationId: 'dropNotes',
          'x-castellan': { resource: { type: 'Note', id: 'body.ids' } },
          ...body({ type: 'object', properties: { ids: { type: 'array', items: text } } }),
          responses: done,
        },
      },
      '/notes/{id}': {
        parameters: id,
        get: {
          operationId: 'getNote',
          'x-castellan': { ...item, ...more },
          responses: {
            ...answers(noteRef),
            404: { description: 'None', ...content({ type: 'object' }) },
            302: { description: 'There' },
          },
        },
        put: {
          operationId: 'editNote',
          'x-castellan': { ...item, ...more },
          ...body(noteRef),
          responses: { ...done, 200: { description: 'It', ...content(noteRef) } },
        },
        patch: {
          operationId: 'patchNote',
          'x-castellan': item,
          ...body(patchBody, 'application/json-patch+json'),
          responses: done,
        },
        delete: { operationId: 'dropNote', 'x-castellan': item, responses: done },
      },
      '/notes/{id}/price': { parameters: id, put: { operationId: 'setPrice', 'x-castellan': item, responses: done } },
      '/notes/{id}/file': {
        parameters: id,
        get: {
          operationId: 'getFile',
          'x-castellan': item,
          responses: { 200: { description: 'It', content: { 'application/octet-stream': {} } } },
        },
      },
      '/me': {
        get: {
          operationId: 'getMe',
          'x-castellan': { resource: { type: 'User', id: 'auth.subject' } },
          responses: answers({ $ref: '#/components/schemas/User' }),
        },
      },
      '/status': { get: { operationId: 'getStatus', responses: answers({ type: 'object' }) } },
    },
    {
      security: [{ token: [] }],
      'x-castellan': castellan,
      components: {
        schemas: { Note: note, User: user },
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      },
    },
  );
}

/** A credential is who it is of, and the groups. */
const verify = (credential: string): object => {
  const [subject, ...groups] = credential.split('.');
  return { subject, groups };
};

interface Setting {
  readonly policies: string;
  readonly castellan?: object;
  /** Of some operations. */
  readonly more?: object;
  readonly options?: Partial<GuardOptions>;
}

interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly as?: string;
  /** What the handler answers: a value as JSON; nothing is 204. */
  readonly answers?: unknown;
  readonly status?: number;
}

/** Status, reason of the refusal if there is one, and whether the handler ran. */
type Outcome = readonly [status: number, reason?: string];
type Row = readonly [call: Call, outcome: Outcome, left?: unknown];

async function check(
  { policies, castellan = {}, more = {}, options = {} }: Setting,
  rows: readonly Row[],
): Promise<void> {
  let call: Call = { path: '/' };
  const guard = await asking(
    documentOf(castellan, more),
    () => {
      if (call.answers === undefined) return new Response(null, { status: call.status ?? 204 });
      if (typeof call.answers === 'string')
        return new Response(Buffer.from(call.answers), {
          status: call.status ?? 200,
          headers: { 'content-type': 'application/octet-stream' },
        });
      return Response.json(call.answers, { status: call.status ?? 200 });
    },
    { policies: cedar(policies), resources, authentication: { token: { verify } } as never, ...options },
  );
  for (const [asked, [status, reason], left] of rows) {
    call = asked;
    const { method = 'GET', path, body: sent, type = 'application/json', as = 'ada' } = asked;
    const answered: Answered = await guard.ask({
      method,
      path,
      fields: { authorization: `Bearer ${as}`, ...(sent === undefined ? {} : { 'content-type': type }) },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    const told = `${JSON.stringify(asked)} ${answered.refused ?? ''} ${JSON.stringify(answered.event.refused)}`;
    assert.deepEqual([answered.status, answered.refused?.split(' ').at(-1)], [status, reason], told);
    // Before the handler, or on its answer.
    assert.equal(answered.handled, answered.refused === undefined || answered.refused.startsWith('release '), told);
    if (left !== undefined) assert.deepEqual(JSON.parse(answered.body), left, told);
  }
  await guard.end();
}

const mine = stored['mine'] as object;
const theirs = stored['theirs'] as object;
const permitted = `permit (principal, action, resource is Note) ${own};`;
const no: Outcome = [403, 'policy-denied'];
const hidden: Outcome = [500, 'object-denied'];
const undecided: Outcome = [500, 'authorization-not-decided'];

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
