// PUT makes an object where there is none (RFC 9110 section 9.3.4), where the document says so by 201: it is decided on as the body makes
// it. One that is there is decided on as it is stored, whatever the body says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answers,
  asked,
  cedar,
  content,
  document,
  id,
  item,
  noteRef,
  nothing,
  own,
  resources,
  statuses,
} from './notes.ts';

/** How a body holds the object. */
const forms: Readonly<Record<string, readonly [type: string, schema: object, write: (note: object) => unknown]>> = {
  itself: ['application/json', noteRef, (note) => note],
  'in a wrapper': ['application/json', { type: 'object', properties: { note: noteRef } }, (note) => ({ note })],
  'by allOf': ['application/json', { allOf: [{ type: 'object' }, noteRef] }, (note) => note],
  'as a form': [
    'application/x-www-form-urlencoded',
    noteRef,
    (note) => new URLSearchParams(Object.entries(note) as [string, string][]).toString(),
  ],
};
const policies = cedar(
  `permit (principal, action in [Action::"put", Action::"getNote", Action::"setPrice"], resource is Note) ${own};`,
);

function contractOf(
  type: string,
  schema: object,
  castellan: object,
  created: boolean,
): Readonly<Record<string, unknown>> {
  const responses = { 204: { description: 'Done' }, ...(created ? { 201: { description: 'New' } } : {}) };
  return document({
    '/notes/{id}': {
      parameters: id,
      get: { operationId: 'getNote', 'x-castellan': item, responses: answers(noteRef) },
      put: {
        operationId: 'put',
        'x-castellan': castellan,
        requestBody: { required: true, ...content(schema, type) },
        responses,
      },
    },
  });
}

for (const [form, [type, schema, write]] of Object.entries(forms))
  for (const named of [true, false]) {
    const put = (name: string, note: object) =>
      ['PUT', `/notes/${name}`, write(named ? { id: name, ...note } : note), type] as const;
    const requests = [
      put('new', { ownerId: 'ada' }),
      put('new', { ownerId: 'bob' }),
      put('new', { title: 'Of nobody' }),
      put('mine', { ownerId: 'ada' }),
      put('mine', { title: 'x' }),
      put('theirs', { ownerId: 'ada' }),
      put('theirs', { title: 'x' }),
      ['PUT', '/notes/new', write({ id: 'theirs', ownerId: 'ada' }), type] as const,
    ];
    test(`the object ${form}, ${named ? 'with' : 'without'} its id`, async () => {
      const ask = async (created: boolean, castellan: object = item) =>
        statuses(
          await asked(
            { contract: contractOf(type, schema, castellan, created), policies, resources },
            nothing,
            ...requests,
          ),
        );
      assert.deepEqual(await ask(true), [204, 403, 403, 204, 204, 403, 403, 400]);
      assert.deepEqual(await ask(false), [404, 404, 404, 204, 204, 403, 403, 400], 'nothing new is documented');
    });
  }

test('a write rule counts for what the body makes of a new object, and for a stored one as it is', async () => {
  const got = await asked(
    { contract: contractOf('application/json', noteRef, item, true), policies, resources },
    nothing,
    ['PUT', '/notes/new', { ownerId: 'ada', price: 1 }],
    ['PUT', '/notes/new', { ownerId: 'bob', price: 1 }],
    ['PUT', '/notes/mine', { ownerId: 'ada', price: 1 }],
    ['PUT', '/notes/theirs', { ownerId: 'ada', price: 1 }],
  );
  assert.deepEqual(statuses(got), [204, 403, 204, 403]);
});
