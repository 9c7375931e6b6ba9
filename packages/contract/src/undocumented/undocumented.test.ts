import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Direction } from '../compiled.ts';
import { loadContract } from '../load/load-contract.ts';
import { compileUndocumented, type Undocumented } from './index.ts';

async function of(schema: object, direction: Direction = 'response', others: object = {}): Promise<Undocumented> {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
    paths: {},
    components: { schemas: { Subject: schema, ...others } },
  });
  const subject = contract.schemas.get('Subject');
  assert.ok(subject);
  return compileUndocumented(contract, subject, direction);
}

const user = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } };

test('what no schema names is found, wherever it stands, and taken out', async () => {
  const list = await of({ type: 'array', items: user });
  assert.equal(list.in([{ id: 1, name: 'a' }]), false);
  assert.equal(list.in([{ id: 1 }, { id: 2, passwordHash: 'x' }]), true);
  assert.deepEqual(list.find([{ id: 1 }, { id: 2, passwordHash: 'x' }]), ['/1/passwordHash']);
  const value = [{ id: 2, passwordHash: 'x', 'a/b': 1 }];
  assert.deepEqual(list.remove(value), { count: 2, pointers: ['/0/passwordHash', '/0/a~1b'] });
  assert.deepEqual(value, [{ id: 2 }]);
});

test('objects of which nothing is said are free; maps are documented', async () => {
  assert.equal((await of({ type: 'object' })).in({ anything: 1 }), false);
  assert.equal((await of({ ...user, additionalProperties: true })).in({ anything: 1 }), false);
  const map = await of({ type: 'object', additionalProperties: user });
  assert.deepEqual(map.find({ a: { id: 1, extra: 1 } }), ['/a/extra']);
  const patterned = await of({ type: 'object', patternProperties: { '^x-': user } });
  assert.deepEqual(patterned.find({ 'x-a': { extra: 1 }, y: 1 }), ['/x-a/extra', '/y']);
});

test('a composition documents what all its parts do', async () => {
  const both = await of({ allOf: [user, { properties: { age: { type: 'integer' } } }] });
  assert.equal(both.in({ id: 1, age: 2 }), false);
  assert.equal(both.in({ id: 1, age: 2, role: 'x' }), true);
});

test('only the alternatives that hold document anything', async () => {
  const either = await of({
    oneOf: [
      { properties: { kind: { const: 'a' }, x: {} }, required: ['kind'] },
      { properties: { kind: { const: 'b' }, y: {} }, required: ['kind'] },
    ],
  });
  assert.equal(either.in({ kind: 'a', x: 1 }), false);
  assert.deepEqual(either.find({ kind: 'a', x: 1, y: 1 }), ['/y']);
  const free = await of({ anyOf: [{ type: 'object' }, user] });
  assert.equal(free.in({ whatever: 1 }), false);
  const nullable = await of({ anyOf: [{ type: 'null' }, user] });
  assert.deepEqual(nullable.find({ id: 1, whatever: 1 }), ['/whatever']);
});

test('if, then, else and dependentSchemas document what they apply', async () => {
  const conditional = await of({
    properties: { kind: {} },
    if: { properties: { kind: { const: 'a' } } },
    then: { properties: { x: {} } },
    else: { properties: { y: {} } },
    dependentSchemas: { z: { properties: { z: {} } } },
  });
  assert.deepEqual(conditional.find({ kind: 'a', x: 1, y: 1 }), ['/y']);
  assert.deepEqual(conditional.find({ kind: 'b', x: 1, y: 1, z: 1 }), ['/x']);
});

test('a discriminator chooses', async () => {
  const pet = await of(
    {
      oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
      discriminator: { propertyName: 'type' },
    },
    'response',
    {
      Cat: { type: 'object', properties: { type: {}, lives: {} } },
      Dog: { type: 'object', properties: { type: {}, barks: {} } },
    },
  );
  assert.deepEqual(pet.find({ type: 'Cat', lives: 9, barks: true }), ['/barks']);
});

test('closed objects and properties that do not travel this way count as undocumented', async () => {
  const closed = await of({ ...user, additionalProperties: false });
  assert.deepEqual(closed.remove({ id: 1, hash: 'x' }).pointers, ['/hash']);
  const secret = { properties: { id: {}, password: { type: 'string', writeOnly: true } } };
  assert.deepEqual((await of(secret)).find({ id: 1, password: 'x' }), ['/password']);
  assert.deepEqual((await of(secret, 'request')).find({ id: 1, password: 'x' }), []);
});

test('schemas that contain themselves end', async () => {
  const tree = await of({ properties: { next: { $ref: '#/components/schemas/Subject' } } });
  assert.deepEqual(tree.find({ next: { next: { extra: 1 } } }), ['/next/next/extra']);
  const loop = await of({ allOf: [{ $ref: '#/components/schemas/Subject' }], properties: { a: {} } });
  assert.deepEqual(loop.find({ a: 1, b: 1 }), ['/b']);
  let deep: unknown = {};
  for (let level = 0; level < 50_000; level++) deep = { next: deep };
  assert.equal(tree.in(deep), true);
});
