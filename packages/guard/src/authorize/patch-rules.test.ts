// Properties and objects that a JSON Patch names: operations × places × values.
// promise: patch-rules
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract, type Findings, type Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { compilePatchRules } from './patch-rules.ts';

const text = { type: 'string' };
const write = (...names: readonly string[]): object => ({ ...text, 'x-castellan': { write: names } });
const read = (...names: readonly string[]): object => ({ ...text, 'x-castellan': { read: names } });
const note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  properties: {
    id: text,
    title: text,
    grade: write('w:grade'),
    salary: read('r:salary'),
    'a/b~c': write('w:odd'),
    parts: {
      type: 'array',
      items: { type: 'object', properties: { price: write('w:price'), cost: read('r:cost'), size: text } },
    },
    parent: { type: 'string', 'x-castellan': { resource: 'Note', action: 'getNote' } },
  },
};
const plain = { type: 'object', properties: { id: text, title: text } };
const patch = (type: string): object => ({
  requestBody: { content: { [type]: { schema: { type: 'array', items: { type: 'object' } } } } },
  responses: { 204: { description: 'Done' } },
});
const id = [{ name: 'id', in: 'path', required: true, schema: text }];
const item = (type: string): object => ({ 'x-castellan': { resource: { type, id: 'path.id' } } });
const shown = (schema: object, type = 'application/json', status = '200'): object => ({
  responses: { [status]: { description: 'It', content: { [type]: { schema } } } },
});
const jsonPatch = 'application/json-patch+json';
const contract = await loadContract({
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [],
  components: { schemas: { Note: note, Plain: { ...plain, 'x-castellan': { resource: 'Plain' } } } },
  paths: {
    '/notes/{id}': {
      parameters: id,
      get: { operationId: 'getNote', ...item('Note'), ...shown({ $ref: '#/components/schemas/Note' }) },
      patch: { operationId: 'patchNote', ...item('Note'), ...patch(jsonPatch) },
      put: { operationId: 'putNote', ...item('Note'), ...patch('application/json') },
    },
    '/plain/{id}': {
      parameters: id,
      get: { operationId: 'getPlain', ...shown(plain) },
      patch: { operationId: 'patchPlain', ...patch(jsonPatch) },
    },
    // No resource: what a GET of the same path answers is what a patch changes.
    '/seen/{id}': {
      parameters: id,
      get: {
        operationId: 'getSeen',
        ...shown({ type: 'object', properties: { grade: write('w:grade') } }, 'application/json; charset=utf-8', '2XX'),
      },
      patch: { operationId: 'patchSeen', ...patch(jsonPatch) },
    },
    '/failed/{id}': {
      parameters: id,
      get: {
        operationId: 'getFailed',
        ...shown({ type: 'object', properties: { grade: write('w:grade') } }, 'application/json', '400'),
      },
      patch: { operationId: 'patchFailed', ...patch(jsonPatch) },
    },
    '/text/{id}': {
      parameters: id,
      get: {
        operationId: 'getText',
        ...shown({ type: 'object', properties: { grade: write('w:grade') } }, 'text/plain'),
      },
      patch: { operationId: 'patchText', ...patch(jsonPatch) },
    },
    '/read/{id}': {
      parameters: id,
      get: { operationId: 'getRead', ...shown({ type: 'object', properties: { salary: read('r:salary') } }) },
      patch: { operationId: 'patchRead', ...patch(jsonPatch) },
    },
  },
});
const core = (policies: boolean): GuardCore =>
  ({ contract, authority: policies ? {} : undefined }) as unknown as GuardCore;
const operationOf = (name: string): Operation =>
  contract.operations.find(({ operationId }) => operationId === name) as Operation;

test('which patches are looked at', () => {
  for (const [name, looks] of [
    ['patchNote', true],
    ['putNote', false],
    ['getNote', false],
    ['patchPlain', false],
    ['patchSeen', true],
    ['patchFailed', false],
    ['patchText', false],
    ['patchRead', true],
  ] as const)
    assert.equal(compilePatchRules(core(false), operationOf(name)) !== undefined, looks, name);
});

/** Who may do what a patch does, and the objects that it names; undefined where it cannot be searched. */
function told(name: string, value: unknown, contentType = jsonPatch, policies = false): readonly string[] | undefined {
  const findings: Required<Findings> = { resources: [], properties: [], references: [] };
  const run = compilePatchRules(core(policies), operationOf(name));
  const searched = run?.({ value, fields: { contentType } } as unknown as Exchange, findings);
  if (searched !== true) return undefined;
  assert.deepEqual(findings.resources, []);
  // What the resource's schema and the answer's both say of a reference is told twice.
  const references = new Set(findings.references.map(({ id: one }) => `ref ${one}`));
  return [...findings.properties.flatMap(({ rule }) => rule.allowed), ...references].sort();
}

const all = ['r:cost', 'r:salary', 'w:grade', 'w:odd', 'w:price'];
const [reads, writes] = [all.filter((one) => one.startsWith('r:')), all.filter((one) => one.startsWith('w:'))];
const rows: readonly (readonly [change: unknown, told: readonly string[]])[] = [
  [{ op: 'replace', path: '/title', value: 'x' }, []],
  [{ op: 'replace', path: '/grade', value: 'x' }, ['w:grade']],
  [{ op: 'add', path: '/grade' }, ['w:grade']],
  [{ op: 'remove', path: '/grade' }, ['w:grade']],
  [{ op: 'remove', path: '/salary' }, []],
  [{ op: 'replace', path: '/a~1b~0c', value: 1 }, ['w:odd']],
  [{ op: 'replace', path: '', value: {} }, writes],
  [{ op: 'remove', path: '/parts' }, ['w:price']],
  [{ op: 'remove', path: '/parts/0' }, ['w:price']],
  [{ op: 'replace', path: '/parts/0/price', value: 1 }, ['w:price']],
  [{ op: 'replace', path: '/parts/0/size', value: 1 }, []],
  [{ op: 'add', path: '/title', value: { grade: 1 } }, ['w:grade']],
  [{ op: 'add', path: '/title', value: [{ deep: { price: 1 } }] }, ['w:price']],
  // By its name, wherever it stands.
  [{ op: 'add', path: '/unknown/grade', value: 1 }, ['w:grade']],
  [{ op: 'add', path: '/unknown', value: 'grade' }, []],
  [{ op: 'move', from: '/grade', path: '/title' }, ['w:grade']],
  [{ op: 'move', from: '/salary', path: '/title' }, ['r:salary']],
  [{ op: 'move', from: '/title', path: '/grade' }, ['w:grade']],
  [{ op: 'copy', from: '/salary', path: '/title' }, ['r:salary']],
  [{ op: 'copy', from: '/parts/0/cost', path: '/title' }, ['r:cost']],
  [{ op: 'copy', from: '', path: '/title' }, reads],
  [{ op: 'copy', from: '/title', path: '/id' }, []],
  [{ op: 'copy', from: '/grade', path: '/title' }, ['w:grade']],
  [{ op: 'replace', from: '/salary', path: '/title', value: 1 }, []],
  [{ op: 'test', path: '/salary', value: 1 }, ['r:salary']],
  [{ op: 'test', path: '', value: {} }, reads],
  [{ op: 'test', path: '/grade', value: 1 }, []],
  [{ op: 'test', from: '/salary', path: '/title' }, []],
  [{ op: 'replace', path: 7, value: { grade: 1 } }, ['w:grade']],
  [{ op: 'copy', from: 7, path: '/title' }, []],
  [null, []],
  ['grade', []],
  [['grade'], []],
];
for (const [change, expected] of rows)
  test(`a patch: ${JSON.stringify(change)}`, () => {
    assert.deepEqual(told('patchNote', [change]), expected);
    // Neither another type of body nor one change alone is a patch.
    for (const none of [told('patchNote', [change], 'application/json'), told('patchNote', { 0: change })])
      assert.deepEqual(none, []);
  });

test('several changes tell each rule once', () => {
  const change = { op: 'replace', path: '/grade', value: 1 };
  assert.deepEqual(
    told('patchNote', [change, change, { op: 'remove', path: '/title' }, { op: 'test', path: '/salary', value: 1 }]),
    ['r:salary', 'w:grade'],
  );
});

test('objects that a patch refers to', () => {
  for (const [change, expected] of [
    [{ op: 'replace', path: '/parent', value: 'a' }, ['ref a']],
    [{ op: 'add', path: '', value: { parent: 'a' } }, ['ref a', ...writes]],
    [{ op: 'test', path: '/parent', value: 'a' }, []],
    [{ op: 'move', from: '/parent', path: '/title' }, []],
  ] as const)
    assert.deepEqual(told('patchNote', [change], jsonPatch, true), expected, JSON.stringify(change));
});

test('what only a GET of the path shows', () => {
  assert.deepEqual(told('patchSeen', [{ op: 'remove', path: '/grade' }]), ['w:grade']);
  assert.deepEqual(told('patchRead', [{ op: 'test', path: '/salary', value: 1 }]), ['r:salary']);
});

test('a value of more names than are searched is not searched', () => {
  const values = (count: number): object => ({
    op: 'add',
    path: '/title',
    value: Array.from({ length: count }, () => 0),
  });
  // The list itself is one of them.
  assert.deepEqual(told('patchNote', [values(99_998)]), []);
  assert.equal(told('patchNote', [values(100_000)]), undefined);
});
