// Other forms of known kinds: questions about objects that nobody names, patches, ids and lists of other shapes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuardedHandler } from '@castellan/guard/node';
import { guarded } from './guarded.ts';
import {
  ada,
  answers,
  asked,
  cedar,
  content,
  done,
  document,
  id,
  item,
  noteRef,
  nothing,
  own,
  patch,
  resources,
  says,
  statuses,
  stored,
  text,
  type Asked,
} from './notes.ts';

test('a write rule in a wrapper is decided on the stored object, not on what the wrapper says of it', async () => {
  const contract = document({
    '/notes/{id}': {
      parameters: id,
      get: { operationId: 'getNote', 'x-castellan': item, responses: answers(noteRef) },
      patch: {
        operationId: 'edit',
        'x-castellan': item,
        requestBody: content({ type: 'object', properties: { note: noteRef } }),
        responses: done,
      },
    },
  });
  const policies = cedar(`permit (principal, action in [Action::"edit", Action::"getNote"], resource is Note);
permit (principal, action == Action::"setPrice", resource is Note) ${own};`);
  const got = await asked(
    { contract, policies, resources },
    nothing,
    ['PATCH', '/notes/theirs', { note: { ownerId: 'ada', price: 1 } }],
    ['PATCH', '/notes/theirs', { note: { ownerId: 'ada', title: 'x' } }],
    ['PATCH', '/notes/mine', { note: { price: 1 } }],
  );
  assert.deepEqual(statuses(got), [403, 204, 204]);
});

test('a JSON Patch is searched by its pointers: items, what it holds, what it reads and whom it names', async () => {
  const contract = document({
    '/notes/{id}': {
      parameters: id,
      get: { operationId: 'getNote', 'x-castellan': item, responses: answers(noteRef) },
      patch: {
        operationId: 'edit',
        'x-castellan': item,
        requestBody: content(patch, 'application/json-patch+json'),
        responses: done,
      },
    },
  });
  const policies = cedar(`permit (principal, action in [Action::"edit", Action::"getNote"], resource is Note) ${own};`);
  const changes: readonly (readonly [object, number])[] = [
    [{ op: 'add', path: '/prices/0', value: 1 }, 403],
    [{ op: 'add', path: '/prices/-', value: 1 }, 403],
    [{ op: 'replace', path: '/prices', value: [] }, 403],
    [{ op: 'remove', path: '/prices' }, 403],
    [{ op: 'replace', path: '', value: {} }, 403],
    [{ op: 'copy', from: '/salary', path: '/title' }, 403],
    [{ op: 'move', from: '/salary', path: '/title' }, 403],
    [{ op: 'test', path: '/salary', value: 1 }, 403],
    [{ op: 'replace', path: '/parentId', value: 'theirs' }, 403],
    [{ op: 'replace', path: '/parentId', value: 'mine' }, 204],
    [{ op: 'replace', path: '/title', value: 'x' }, 204],
    [{ op: 'test', path: '/title', value: 'x' }, 204],
  ];
  const got = await asked(
    { contract, policies, resources },
    nothing,
    ...changes.map(([change]): Asked => ['PATCH', '/notes/mine', [change], 'application/json-patch+json']),
  );
  for (const [index, [change, expected]] of changes.entries())
    assert.equal(got[index]?.status, expected, JSON.stringify(change));
});

test('a write that names no object is not permitted by a policy that looks at the object', async () => {
  const contract = document({
    '/removal': {
      post: {
        operationId: 'remove',
        'x-castellan': { resource: { type: 'Note', id: 'body.ids' } },
        requestBody: content({ type: 'object', properties: { ids: { type: 'array', items: text }, all: {} } }),
        responses: done,
      },
    },
    '/notes': { delete: { operationId: 'removeAll', responses: done } },
    '/transfer': {
      post: {
        operationId: 'transfer',
        requestBody: content({ type: 'object', properties: { noteId: text, ownerId: text } }),
        responses: answers(noteRef),
      },
    },
  });
  for (const [condition, free] of [
    ['unless { resource has locked && resource.locked }', 403],
    [own, 403],
    ['', 204],
  ] as const) {
    const policies = cedar(`permit (principal, action, resource is Note) ${condition};`);
    const got = await asked(
      { contract, policies, resources },
      (request, response) =>
        request.url === '/transfer' ? says(stored['mine'])(request, response) : nothing(request, response),
      ['POST', '/removal', { all: true }],
      ['DELETE', '/notes'],
      ['POST', '/transfer', { noteId: 'theirs', ownerId: 'ada' }],
      ['POST', '/removal', { ids: ['mine'] }],
    );
    assert.deepEqual(statuses(got), [free, free, free === 204 ? 200 : 403, 204], condition);
  }
});

test('where policies only forbid, an answer that does not show the object is withheld', async () => {
  const file = { 200: { description: 'File', content: { 'application/octet-stream': {} } } };
  const contract = document({
    '/notes/{id}/file': { parameters: id, get: { operationId: 'file', 'x-castellan': item, responses: file } },
    '/notes/{id}/text': {
      parameters: id,
      get: {
        operationId: 'text',
        'x-castellan': item,
        responses: answers({ type: 'object', properties: { text } }),
      },
    },
  });
  const policies = cedar(
    'forbid (principal, action, resource is Note) when { resource has locked && resource.locked };',
  );
  const handler: GuardedHandler = (request, response) =>
    (request.url?.endsWith('file') === true
      ? says('TEXT', 'application/octet-stream')
      : says(request.url?.endsWith('text') === true ? { text: 'TEXT' } : stored['theirs']))(request, response);
  const paths: readonly Asked[] = [
    ['GET', '/notes/theirs/file'],
    ['GET', '/notes/theirs/text'],
    ['HEAD', '/notes/theirs'],
    ['GET', '/notes/theirs'],
  ];
  assert.deepEqual(
    statuses(
      await asked({ contract: { ...contract, 'x-castellan': { profile: 'internal' } }, policies }, handler, ...paths),
    ),
    [500, 500, 500, 200],
  );
  assert.deepEqual(statuses(await asked({ contract, policies, resources }, handler, ...paths)), [200, 200, 200, 200]);
});

test('ids are compared to the letter, but for the case of a UUID', async () => {
  const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const wrapped = { type: 'object', properties: { own: noteRef, text } };
  const contract = document({
    '/notes/{id}': {
      parameters: id,
      get: { operationId: 'getNote', 'x-castellan': item, responses: answers(wrapped) },
    },
  });
  const policies = cedar(`permit (principal, action, resource is Note) ${own};`);
  const shown = (name: string): GuardedHandler => says({ own: { id: name, ownerId: 'ada' }, text: 'TEXT' });
  assert.deepEqual(
    statuses(
      await asked({ contract: { ...contract, 'x-castellan': { profile: 'internal' } }, policies }, shown('abc'), [
        'GET',
        '/notes/Abc',
      ]),
    ),
    [500],
  );
  assert.deepEqual(
    statuses(
      await asked({ contract: { ...contract, 'x-castellan': { profile: 'internal' } }, policies }, shown(uuid), [
        'GET',
        `/notes/${uuid.toUpperCase()}`,
      ]),
    ),
    [200],
  );
});

test('what a caller leaves out is not written by its default', async () => {
  const write = { write: ['managers'] };
  const contract = document({
    '/things': {
      post: {
        operationId: 'make',
        parameters: [{ name: 'all', in: 'query', schema: { type: 'boolean', default: false, 'x-castellan': write } }],
        requestBody: content({
          type: 'object',
          properties: { name: text, price: { type: 'integer', default: 0, 'x-castellan': write } },
        }),
        responses: done,
      },
    },
  });
  const got = await asked({ contract }, nothing, ['POST', '/things', { name: 'x' }], ['POST', '/things', { price: 0 }]);
  assert.deepEqual(statuses(got), [204, 403]);
});

test('page caps: limits below nothing, lists of lists, items of a stream', async () => {
  const many = Array.from({ length: 11 }, (_, index) => ({ id: String(index) }));
  const one = { type: 'object', properties: { id: text } };
  const castellan = { page: { limit: 'limit', max: 10 } };
  const parameters = [{ name: 'limit', in: 'query', schema: { type: 'integer' } }];
  const contract = document({
    '/lists': {
      get: {
        operationId: 'lists',
        'x-castellan': castellan,
        parameters,
        responses: answers({ type: 'array', items: { type: 'array', items: one } }),
      },
    },
    '/lines': {
      get: {
        operationId: 'lines',
        'x-castellan': castellan,
        parameters,
        responses: { 200: { description: 'Lines', content: { 'application/jsonl': { itemSchema: one } } } },
      },
    },
    '/rows': {
      get: {
        operationId: 'rows',
        'x-castellan': castellan,
        parameters,
        responses: answers({ type: 'array', items: { type: 'array', items: text } }),
      },
    },
  });
  const lines = many.map((value) => `${JSON.stringify(value)}\n`).join('');
  const handler: GuardedHandler = (request, response) =>
    (request.url?.startsWith('/lines') === true
      ? says(lines, 'application/jsonl')
      : says(request.url?.startsWith('/rows') === true ? [many.map((value) => value.id)] : [many]))(request, response);
  const [below, lists, cut, rows] = await asked(
    { contract },
    handler,
    ['GET', '/lists?limit=-1'],
    ['GET', '/lists'],
    ['GET', '/lines'],
    ['GET', '/rows'],
  );
  assert.deepEqual([below?.status, lists?.status, rows?.status], [400, 500, 200]);
  assert.doesNotMatch(cut?.text ?? '', /"10"/);
});

test('items that are taken out of a tuple for two reasons are the right ones', async () => {
  const hidden = { allOf: [noteRef], 'x-castellan': { read: ['managers'] } };
  const contract = document({
    '/notes': {
      get: {
        operationId: 'list',
        'x-castellan': { denied: 'remove' },
        responses: answers({ type: 'array', prefixItems: [hidden], items: noteRef }),
      },
    },
  });
  const policies = cedar(`permit (principal, action, resource is Note) ${own};`);
  const [got] = await asked(
    { contract: { ...contract, 'x-castellan': { profile: 'internal' } }, policies },
    says([stored['mine'], { id: 'secret', ownerId: 'bob' }, { id: 'last', ownerId: 'ada' }]),
    ['GET', '/notes'],
  );
  assert.deepEqual(JSON.parse(got?.text ?? ''), [{ id: 'last', ownerId: 'ada' }]);
});

test('many nested objects are loaded at once, and no more than one request may have', async () => {
  let loads = 0;
  const contract = document({
    '/orders': {
      post: {
        operationId: 'order',
        requestBody: content({ type: 'object', properties: { notes: { type: 'array', items: noteRef } } }),
        responses: done,
      },
    },
  });
  const policies = cedar('permit (principal, action, resource);');
  const counted = {
    Note: (ids: readonly string[]) => {
      loads++;
      return Promise.resolve(ids.map((one) => ({ id: one, ownerId: 'ada' })));
    },
  };
  const order = (count: number): Asked => [
    'POST',
    '/orders',
    { notes: Array.from({ length: count }, (_, index) => ({ id: `n${index}`, price: 1 })) },
  ];
  const got = await asked({ contract, policies, resources: counted }, nothing, order(50), order(1001));
  assert.deepEqual(statuses(got), [204, 403]);
  assert.equal(loads, 1);
});

test('a wrapper that holds another object than the path is refused, without policies too', async () => {
  const contract = document({
    '/notes/{id}': {
      parameters: id,
      get: { operationId: 'getNote', 'x-castellan': item, responses: answers(noteRef) },
      put: {
        operationId: 'put',
        requestBody: content({ type: 'object', properties: { note: noteRef } }),
        responses: done,
      },
    },
  });
  const got = await asked(
    { contract },
    nothing,
    ['PUT', '/notes/1', { note: { id: '2' } }],
    ['PUT', '/notes/1', { note: { id: '1' } }],
    ['PUT', '/notes/1', { note: { title: 'x' } }],
  );
  assert.deepEqual(statuses(got), [400, 204, 204]);
});

test('a verb behind the id acts on the object', async () => {
  const contract = document({
    '/notes/{id}:archive': { parameters: id, post: { operationId: 'archive', responses: done } },
  });
  const policies = cedar(`permit (principal, action, resource is Note) ${own};`);
  const got = await asked(
    { contract, policies, resources },
    nothing,
    ['POST', '/notes/theirs:archive'],
    ['POST', '/notes/mine:archive'],
  );
  assert.deepEqual(statuses(got), [403, 204]);
});

test('explanations do not show what only some may read, nor secrets in lists', async () => {
  const hidden = { type: 'string', 'x-castellan': { sensitivity: 'secret' } };
  const contract = document(
    {},
    {
      Note: {
        type: 'object',
        required: ['id', 'codes', 'hint'],
        'x-castellan': { resource: 'Note' },
        properties: {
          id: text,
          codes: { type: 'array', items: hidden },
          hint: { type: 'string', 'x-castellan': { read: ['managers'] } },
        },
      },
    },
  );
  for (const condition of ['resource.codes.contains("x")', 'resource.hint == "x"']) {
    const server = await guarded(
      {
        contract,
        explain: true,
        policies: cedar(`permit (principal, action, resource is Note) when { ${condition} };`),
        resources: {
          Note: (ids) => Promise.resolve(ids.map((one) => ({ id: one, codes: ['code of ada'], hint: 'code of ada' }))),
        },
      },
      nothing,
    );
    const got = await fetch(`${server.url}/notes/1`, { headers: { authorization: `Bearer ${ada}` } });
    assert.equal(got.status, 403);
    await got.text();
    await server.close();
    assert.doesNotMatch(JSON.stringify(server.events), /code of ada/, condition);
  }
});
