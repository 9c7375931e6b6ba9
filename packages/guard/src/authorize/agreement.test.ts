// A body and the path name one object: each form of body × what it names.
// promise: ids-agree
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract, type Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import { agreement } from './agreement.ts';

const note = {
  type: 'object',
  properties: { id: { type: 'string' }, title: { type: 'string' } },
  'x-castellan': { resource: 'Note' },
};
const ref = { $ref: '#/components/schemas/Note' };
const write = (operationId: string, variable: string, schema: object | undefined, more: object = {}): object => ({
  operationId,
  parameters: [{ name: variable, in: 'path', required: true, schema: { type: 'string' } }],
  ...(schema === undefined ? {} : { requestBody: { content: { 'application/json': { schema } } } }),
  responses: { 204: { description: 'Done' } },
  ...more,
});
const declared = (id: string): object => ({ 'x-castellan': { resource: { type: 'Note', id: `path.${id}` } } });
const contract = await loadContract({
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [],
  components: {
    schemas: {
      Note: note,
      ...Object.fromEntries(
        (['slug', 'user_name', 'pageName', 'key'] as const).map((name) => [
          `By_${name}`,
          { type: 'object', properties: { [name]: { type: 'string' } }, 'x-castellan': { resource: `By_${name}` } },
        ]),
      ),
    },
  },
  paths: {
    '/notes/{noteId}': {
      put: write('put', 'noteId', ref, declared('noteId')),
      delete: write('delete', 'noteId', undefined, declared('noteId')),
    },
    '/notes/{id}': {
      patch: write('patch', 'id', { type: 'object', properties: { note: ref, other: ref } }, declared('id')),
    },
    '/notes/{noteId}/comments': { post: write('below', 'noteId', { type: 'object' }, declared('noteId')) },
    // Nobody says which object these are about: it is seen from the path and the schema.
    ...Object.fromEntries(
      (['slug', 'user_name', 'pageName', 'key'] as const).map((name) => [
        `/by-${name.toLowerCase()}/{${name}}`,
        { put: write(`by ${name}`, name, { $ref: `#/components/schemas/By_${name}` }) },
      ]),
    ),
    '/sites/{slug}': { put: write('said', 'slug', { type: 'object' }, declared('slug')) },
    '/all': {
      put: {
        operationId: 'all',
        requestBody: { content: { 'application/json': { schema: ref } } },
        responses: { 204: { description: 'Done' } },
      },
    },
  },
});
const compiled = (id: string): ((exchange: Exchange) => unknown) | undefined => {
  const operation = contract.operations.find(({ operationId }) => operationId === id) as Operation;
  return agreement.compile({ contract } as unknown as GuardCore, operation);
};

const patch = 'application/json-patch+json';

/** The pointer of what disagrees; undefined where all agrees. */
function disagreement(
  id: string,
  variable: string,
  value: unknown,
  contentType = 'application/json',
  expected = 'a',
): string | undefined {
  const exchange = {
    value,
    parameters: { path: { [variable]: expected } },
    fields: { contentType },
  } as unknown as Exchange;
  const refusal = compiled(id)?.(exchange) as Refusal | undefined;
  if (refusal === undefined) return undefined;
  assert.deepEqual([refusal.type, refusal.reason, refusal.errors?.length], ['invalid-request', 'id-disagrees', 1]);
  const [issue] = refusal.errors ?? [];
  assert.equal(issue?.message, `is not the ${variable} of the path`);
  return issue?.pointer;
}

test('operations whose body can name no object of the path are left alone', () => {
  for (const [id, checks] of [
    ['put', true],
    ['patch', true],
    ['delete', false],
    ['below', true],
    ['by slug', true],
    ['by user_name', true],
    ['by key', true],
    ['said', true],
    ['all', false],
  ] as const)
    assert.equal(compiled(id) !== undefined, checks, id);
});

const rows: readonly (readonly [id: string, variable: string, value: unknown, at: string | undefined])[] = [
  ['put', 'noteId', { id: 'a' }, undefined],
  ['put', 'noteId', { id: 'b' }, '/id'],
  ['put', 'noteId', { noteId: 'b' }, '/noteId'],
  ['put', 'noteId', { id: 'a', noteId: 'b' }, '/noteId'],
  ['put', 'noteId', { id: 'b', noteId: 'a' }, '/id'],
  ['put', 'noteId', { id: null }, undefined],
  ['put', 'noteId', { id: true }, '/id'],
  ['put', 'noteId', { id: ['a'] }, '/id'],
  ['put', 'noteId', { id: { a: 'a' } }, '/id'],
  ['put', 'noteId', { title: 'b' }, undefined],
  ['put', 'noteId', Object.create({ id: 'b' }), undefined],
  ['put', 'noteId', undefined, undefined],
  ['put', 'noteId', null, undefined],
  ['put', 'noteId', 'b', undefined],
  ['put', 'noteId', [{ id: 'b' }], undefined],
  // In a wrapper, one level down and no further.
  ['patch', 'id', { note: { id: 'a' } }, undefined],
  ['patch', 'id', { note: { id: 'b' } }, '/note/id'],
  ['patch', 'id', { note: {} }, undefined],
  ['patch', 'id', { note: { id: null } }, undefined],
  ['patch', 'id', { note: { id: 'a' }, other: { id: 'b' } }, '/other/id'],
  ['patch', 'id', { id: 'b' }, '/id'],
  // What is below the object has an id of its own.
  ['below', 'noteId', { id: 'b' }, undefined],
  ['below', 'noteId', { noteId: 'b' }, '/noteId'],
  // What is addressed by its name may get another one, unless the name is the id.
  ['said', 'slug', { slug: 'b' }, '/slug'],
  ['by user_name', 'user_name', { user_name: 'b' }, '/user_name'],
  ['by user_name', 'user_name', { user_name: 'a' }, undefined],
  ['by slug', 'slug', { slug: 'b' }, undefined],
  ['by slug', 'slug', { id: 'b' }, '/id'],
  ['by pageName', 'pageName', { pageName: 'b' }, undefined],
  ['by key', 'key', { key: 'b' }, '/key'],
  ['by key', 'key', { id: 'b' }, '/id'],
];
for (const [id, variable, value, at] of rows)
  test(`${id}: ${JSON.stringify(value)}`, () => assert.equal(disagreement(id, variable, value), at));

test('ids are compared as they are stored: numbers by their digits, UUIDs whatever their case', () => {
  const uuid = '0190a5d8-7b1c-7f00-8000-00000000abcd';
  for (const [given, expected, at] of [
    [7, '7', undefined],
    [7n, '7', undefined],
    [7, '8', '/id'],
    [uuid.toUpperCase(), uuid, undefined],
    ['A', 'a', '/id'],
  ] as const)
    assert.equal(disagreement('put', 'noteId', { id: given }, 'application/json', expected), at, String(given));
});

const patches: readonly (readonly [changes: unknown, at: string | undefined])[] = [
  [[], undefined],
  [[{ op: 'replace', path: '/id', value: 'a' }], undefined],
  [[{ op: 'replace', path: '/id', value: 'b' }], '/0/value'],
  [[{ op: 'add', path: '/noteId', value: 'b' }], '/0/value'],
  [
    [
      { op: 'add', path: '/title', value: 'b' },
      { op: 'add', path: '/id', value: 'b' },
    ],
    '/1/value',
  ],
  [[{ op: 'test', path: '/id', value: 'b' }], undefined],
  [[{ op: 'remove', path: '/id', value: 'b' }], undefined],
  [[{ op: 'replace', path: '/id', value: null }], undefined],
  [[{ op: 'replace', path: '/id' }], undefined],
  // What stands elsewhere is nobody knows what.
  [[{ op: 'copy', path: '/id', from: '/title' }], '/0/value'],
  [[{ op: 'move', path: '/id', from: '/title' }], '/0/value'],
  [[{ op: 'copy', path: '/title', from: '/id' }], undefined],
  [[{ op: 'replace', path: '', value: { id: 'b' } }], '/0/value'],
  [[{ op: 'replace', path: '', value: { id: 'a' } }], undefined],
  [[{ op: 'replace', path: '', value: { title: 'b' } }], undefined],
  [[{ op: 'replace', path: '', value: null }], undefined],
  [[{ op: 'replace', path: '', value: 'b' }], undefined],
  [[{ op: 'replace', path: '/title', value: { id: 'b' } }], undefined],
  [[null, 'x', { op: 'add', path: '/id', value: 'b' }], '/2/value'],
];
for (const [changes, at] of patches)
  test(`a patch: ${JSON.stringify(changes)}`, () => {
    assert.equal(disagreement('put', 'noteId', changes, patch), at);
    assert.equal(disagreement('put', 'noteId', changes), undefined, 'a list is a patch only where it says so');
  });
