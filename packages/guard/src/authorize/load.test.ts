// Objects that a decision needs: what a loader or a read operation may answer, and what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract, type Contract, type Operation } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import type { Authority } from './authority.ts';
import { loadObjects, LoadFailure } from './load.ts';
import type { Resolver } from './resources.ts';

const note = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string' }, title: { type: 'string' } },
  'x-castellan': { resource: 'Note' },
};
const list = { type: 'array', items: { $ref: '#/components/schemas/Note' } };
const ref = { $ref: '#/components/schemas/Note' };
const variable = (name: string): object => ({ name, in: 'path', required: true, schema: { type: 'string' } });
const readOf = (schema: object | undefined, status = '200', type = 'application/json', path = 'id'): object => ({
  parameters: path === 'id' ? [variable('id')] : [variable('folder'), variable('id')],
  responses: { [status]: { description: 'It', content: { [type]: schema === undefined ? {} : { schema } } } },
  'x-castellan': { resource: { type: 'Note', id: 'path.id' } },
});
const nested = {
  type: 'object',
  properties: { note: ref, parts: list, other: { type: 'object', properties: { note: ref } } },
};
const self = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string' }, copy: ref },
  'x-castellan': { resource: 'Note' },
};

const contract: Contract = await loadContract({
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [],
  components: { schemas: { Note: note } },
  paths: {
    '/notes/{id}': { get: { operationId: 'plain', ...readOf(ref) } },
    '/wrapped/{id}': { get: { operationId: 'wrapped', ...readOf(nested) } },
    '/self/{id}': { get: { operationId: 'self', ...readOf(self) } },
    '/ranges/{id}': { get: { operationId: 'range', ...readOf(ref, '2xx') } },
    '/created/{id}': { get: { operationId: 'created', ...readOf(ref, '201') } },
    '/problems/{id}': { get: { operationId: 'other', ...readOf(ref, '200', 'Application/Hal+JSON; charset=utf-8') } },
    '/texts/{id}': { get: { operationId: 'text', ...readOf({ type: 'string' }, '200', 'text/plain') } },
    '/nothing/{id}': { get: { operationId: 'nothing', ...readOf(undefined) } },
    '/folders/{folder}/notes/{id}': {
      get: { operationId: 'within', ...readOf(ref, '200', 'application/json', 'both') },
    },
    '/named/{note}': {
      get: {
        operationId: 'named',
        parameters: [variable('note')],
        responses: {
          200: {
            description: 'It',
            content: {
              'application/json': { schema: { ...note, properties: { ...note.properties, note: { type: 'string' } } } },
            },
          },
        },
        'x-castellan': { resource: { type: 'Note', id: 'path.note' } },
      },
    },
    '/queried': {
      get: {
        operationId: 'queried',
        parameters: [{ name: 'id', in: 'query', schema: { type: 'string' } }],
        responses: { 200: { description: 'It' } },
        'x-castellan': { resource: { type: 'Note', id: 'query.id' } },
      },
    },
  },
});
const operationOf = (id: string): Operation => {
  const found = contract.operations.find(({ operationId }) => operationId === id);
  assert.ok(found !== undefined, id);
  return found;
};

interface Load {
  readonly through?: string | undefined;
  readonly ids?: readonly string[];
  readonly resolver?: Resolver | undefined;
  readonly loader?: (ids: readonly string[]) => unknown;
  readonly params?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** What was loaded, as its value or the reason of the refusal; or the reason why nothing was. */
async function load({ through, ids = ['a'], resolver, loader, params = {}, path = '/v1/x' }: Load): Promise<unknown> {
  const authority = {
    contract,
    loaders: { get: () => loader },
    resolver,
    readOf: () => (through === undefined ? undefined : operationOf(through)),
  } as unknown as Authority;
  const exchange = {
    parameters: { path: params },
    path,
    operation: { path: '/x' },
    failure: undefined,
  } as unknown as Exchange;
  try {
    const objects = await loadObjects(authority, exchange, 'Note', ids);
    assert.deepEqual(
      objects.map(({ type, id }) => [type, id]),
      ids.map((id) => ['Note', id]),
    );
    return objects.map(({ value, refusal }) => refusal?.reason ?? value);
  } catch (error) {
    assert.ok(error instanceof LoadFailure, String(error));
    return error.refusal.reason;
  }
}

const answering =
  (body: unknown): Resolver =>
  () =>
    Promise.resolve({ found: true, body }) as never;
const a = { id: 'a' };
const mismatch = 'resolve-mismatch';
const rows: readonly (readonly [through: string, body: unknown, loaded: unknown])[] = [
  ['plain', a, [a]],
  ['plain', { ...a, title: 'x' }, [{ ...a, title: 'x' }]],
  // What nobody documented counts for nothing.
  ['plain', { ...a, owner: 'x' }, [{ ...a, owner: 'x' }]],
  ['plain', { ...a, title: 7 }, mismatch],
  ['plain', { id: 'b' }, mismatch],
  ['plain', {}, mismatch],
  ['plain', [a], mismatch],
  ['plain', null, mismatch],
  ['wrapped', { note: a }, [a]],
  ['wrapped', { note: { id: 'b' } }, mismatch],
  ['wrapped', {}, mismatch],
  // One that stands further inside is not what the read is of.
  ['wrapped', { note: a, parts: [{ id: 'b' }] }, [a]],
  ['wrapped', { note: { id: 'b' }, parts: [a] }, mismatch],
  ['wrapped', { parts: [{ id: 'b' }, a] }, [a]],
  ['wrapped', { parts: [a, { ...a, title: 'x' }] }, mismatch],
  ['wrapped', { other: { note: a }, note: { id: 'b' } }, mismatch],
  ['wrapped', { other: { note: { id: 'b' } }, note: a }, [a]],
  ['wrapped', { other: { note: a } }, [a]],
  ['self', { ...a, copy: { id: 'b' } }, [{ ...a, copy: { id: 'b' } }]],
  ['self', { id: 'b', copy: a }, mismatch],
  ['range', a, [a]],
  ['other', a, [a]],
  ['created', a, mismatch],
  ['text', 'a', mismatch],
  ['nothing', a, mismatch],
  ['named', { id: 'x', note: 'a' }, [{ id: 'x', note: 'a' }]],
  ['named', { id: 'a', note: 'x' }, [{ id: 'a', note: 'x' }]],
  ['named', { id: 'x', note: 'x' }, mismatch],
];
for (const [through, body, loaded] of rows)
  test(`through ${through}: ${JSON.stringify(body)}`, async () => {
    const result = await load({ through, resolver: answering(structuredClone(body)) });
    if (through === 'plain' && typeof body === 'object' && body !== null && 'owner' in body)
      assert.deepEqual((result as { id: string }[])[0]?.id, 'a');
    else assert.deepEqual(result, loaded);
  });

test('the path that is read: under the same base, its last variable the id', async () => {
  const asked: string[] = [];
  const resolver: Resolver = (_exchange, _operation, path) => {
    asked.push(path);
    return Promise.resolve({ found: false }) as never;
  };
  const of = async (more: Load): Promise<unknown> => {
    asked.length = 0;
    const loaded = await load({ through: 'plain', resolver, ...more });
    return asked.length === 0 ? loaded : asked[0];
  };
  const refused = ['authorization-not-decided'];
  for (const [more, expected] of [
    [{}, '/v1/notes/a'],
    [{ path: '/x' }, '/notes/a'],
    [{ path: '/a/b/x' }, '/a/b/notes/a'],
    [{ ids: ['a b?#%'] }, '/v1/notes/a%20b%3F%23%25'],
    [{ ids: ['..x'] }, '/v1/notes/..x'],
    [{ ids: ['x'.repeat(512)] }, `/v1/notes/${'x'.repeat(512)}`],
    [{ ids: ['x'.repeat(513)] }, refused],
    [{ ids: ['.'] }, refused],
    [{ ids: ['..'] }, refused],
    [{ ids: [''] }, refused],
    [{ ids: ['a/b'] }, refused],
    [{ ids: ['a\\b'] }, refused],
    [{ ids: ['a\nb'] }, refused],
    [{ through: 'within', params: { folder: 'f' } }, '/v1/folders/f/notes/a'],
    [{ through: 'within', params: { folder: 'f', id: 'z' } }, '/v1/folders/f/notes/a'],
    [{ through: 'within' }, refused],
    [{ through: 'within', params: { folder: '..' } }, refused],
    [{ through: 'queried' }, refused],
  ] as const)
    assert.deepEqual(await of(more), expected, JSON.stringify(more).slice(0, 60));
});

test('what the read operation answers instead', async () => {
  const failing =
    (failed: string): Resolver =>
    () =>
      Promise.resolve({ failed, log: 'it said no' }) as never;
  assert.deepEqual(await load({ through: 'plain', resolver: failing('forbidden') }), ['resolve-forbidden']);
  for (const failed of ['bad-gateway', 'timeout', 'unavailable'])
    assert.equal(await load({ through: 'plain', resolver: failing(failed) }), `resolve-${failed}`);
  const none: Resolver = () => Promise.resolve({ found: false, body: a }) as never;
  assert.deepEqual(await load({ through: 'plain', resolver: none }), [undefined]);
  assert.equal(await load({ through: 'plain' }), 'authorization-not-decided');
  assert.equal(await load({ resolver: answering(a) }), 'authorization-not-decided');
});

test('eight are asked for at a time, a thousand at most', async () => {
  let running = 0;
  let most = 0;
  const resolver: Resolver = async (_exchange, _operation, path) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
    return { found: true, body: { id: path.split('/').at(-1) } } as never;
  };
  const ids = Array.from({ length: 20 }, (_, at) => String(at));
  assert.deepEqual(
    await load({ through: 'plain', resolver, ids }),
    ids.map((id) => ({ id })),
  );
  assert.equal(most, 8);
  const many = Array.from({ length: 1001 }, (_, at) => String(at));
  const loader = (some: readonly string[]): unknown => some.map((id) => ({ id }));
  assert.equal(((await load({ loader, ids: many.slice(1) })) as unknown[]).length, 1000);
  assert.equal(await load({ loader, ids: many }), 'too-many-objects');
});

test('what a loader gives', async () => {
  const ids = ['a', 'b'];
  for (const [given, loaded] of [
    [
      [a, { id: 'b' }],
      [a, { id: 'b' }],
    ],
    [
      [a, undefined],
      [a, undefined],
    ],
    [
      [null, a],
      [undefined, a],
    ],
    [Promise.resolve([a, null]), [a, undefined]],
    [[a], 'loader-failed'],
    [[a, a, a], 'loader-failed'],
    [undefined, 'loader-failed'],
    [{ 0: a, 1: a, length: 2 }, 'loader-failed'],
    [Promise.reject(new Error('away')), 'loader-failed'],
  ] as const)
    assert.deepEqual(await load({ loader: () => given, ids }), loaded, String(loaded));
  const throwing = (): never => {
    throw new Error('away');
  };
  assert.equal(await load({ loader: throwing }), 'loader-failed');
});
