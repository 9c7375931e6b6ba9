import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { sensitiveProperties } from './sensitive-properties.ts';

type Schema = Readonly<Record<string, unknown>>;
const secret: Schema = { type: 'string', 'x-castellan': { sensitivity: 'secret' } };

/** Ways in which the value of a property holds another one. */
const holders: Readonly<Record<string, (inner: Schema) => Schema>> = {
  items: (inner) => ({ type: 'array', items: inner }),
  prefixItems: (inner) => ({ type: 'array', prefixItems: [{}, inner] }),
  contains: (inner) => ({ type: 'array', contains: inner }),
  unevaluatedItems: (inner) => ({ type: 'array', unevaluatedItems: inner }),
  additionalProperties: (inner) => ({ type: 'object', additionalProperties: inner }),
  unevaluatedProperties: (inner) => ({ type: 'object', unevaluatedProperties: inner }),
  patternProperties: (inner) => ({ type: 'object', patternProperties: { '^x': inner } }),
  allOf: (inner) => ({ allOf: [{}, inner] }),
  anyOf: (inner) => ({ anyOf: [inner, { type: 'null' }] }),
  oneOf: (inner) => ({ oneOf: [{ type: 'null' }, inner] }),
  then: (inner) => ({ if: {}, then: inner }),
  else: (inner) => ({ if: {}, else: inner }),
  dependentSchemas: (inner) => ({ dependentSchemas: { a: inner } }),
  $ref: (inner) => (inner === secret ? { $ref: '#/components/schemas/Secret' } : inner),
};

async function hiddenIn(pin: Schema, more: Schema = {}): Promise<ReadonlySet<string>> {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Doc' } } };
  return sensitiveProperties(
    await loadContract({
      openapi: '3.1.0',
      info: { title: 'Docs', version: '1' },
      components: {
        schemas: {
          Secret: secret,
          Doc: {
            type: 'object',
            'x-castellan': { resource: 'Doc' },
            properties: { id: { type: 'string' }, pin, open: { type: 'string' }, ...more },
          },
        },
      },
      paths: {
        '/docs': {
          post: {
            operationId: 'add',
            requestBody: { content },
            parameters: [
              { name: 'q', in: 'query', schema: pin },
              { name: 'X-Pin', in: 'header', schema: { type: 'string' }, 'x-castellan': { sensitivity: 'personal' } },
              { name: 'c', in: 'cookie', content: { 'application/json': { schema: pin } } },
              { name: 'plain', in: 'query', schema: { type: 'string' } },
            ],
            responses: { 201: { description: '', content } },
          },
        },
      },
    }),
  );
}

const everywhere = ['Doc.pin', 'context.body.pin', 'context.query.q', 'context.cookie.c'];
const always = ['context.header.X-Pin', 'context.header.x-pin'];

for (const [outer, around] of Object.entries(holders))
  test(`a secret below ${outer}, and below anything in it, hides what holds it`, async () => {
    assert.deepEqual([...(await hiddenIn(around(secret)))].sort(), [...everywhere, ...always].sort());
    for (const [inner, within] of Object.entries(holders)) {
      const found = await hiddenIn(around(within(secret)));
      assert.deepEqual([...found].sort(), [...everywhere, ...always].sort(), inner);
    }
    const found = await hiddenIn(around({ type: 'object', properties: { code: secret } }));
    assert.deepEqual([...found].sort(), [...everywhere.map((path) => `${path}.code`), ...always].sort());
  });

test('a property says itself how sensitive it is before what it refers to does', async () => {
  const $ref = '#/components/schemas/Secret';
  assert.deepEqual([...(await hiddenIn({ $ref, 'x-castellan': { sensitivity: 'public' } }))].sort(), always);
  assert.ok((await hiddenIn({ $ref, 'x-castellan': { sensitivity: 'personal' } })).has('Doc.pin'));
});

test('schemas that contain themselves end, and what is too deep to be looked at is hidden', async () => {
  const child = {
    type: 'object',
    properties: { pin: secret, child: { $ref: '#/components/schemas/Doc/properties/child' } },
  };
  const found = await hiddenIn(secret, { child });
  assert.ok(found.has('Doc.child.child.child.pin'));
  assert.ok(found.has(`Doc${'.child'.repeat(9)}`));
  assert.ok(!found.has('Doc.open'));
});
