// Wherever a schema can hold an object, the object in an answer is decided on by the policies of the operation.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
after(() => rmSync(folder, { recursive: true }));
const policies = join(folder, 'owner.cedar');
writeFileSync(policies, 'permit (principal, action, resource is Note) when { resource.owner == "ada" };');

const Note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  required: ['id', 'owner'],
  properties: { id: { type: 'string' }, owner: { type: 'string' } },
};
const ref = { $ref: '#/components/schemas/Note' };

type Place = readonly [schema: (inner: object) => object, value: (inner: unknown) => unknown];
const places: Readonly<Record<string, Place>> = {
  itself: [(inner) => inner, (inner) => inner],
  property: [(inner) => ({ type: 'object', properties: { k: inner } }), (inner) => ({ k: inner })],
  items: [(inner) => ({ type: 'array', items: inner }), (inner) => [inner]],
  'prefix item': [(inner) => ({ type: 'array', prefixItems: [{}, inner] }), (inner) => [1, inner]],
  map: [(inner) => ({ type: 'object', additionalProperties: inner }), (inner) => ({ k: inner })],
  pattern: [(inner) => ({ type: 'object', patternProperties: { '^k': inner } }), (inner) => ({ k: inner })],
  unevaluated: [(inner) => ({ type: 'object', unevaluatedProperties: inner }), (inner) => ({ k: inner })],
  allOf: [(inner) => ({ allOf: [inner] }), (inner) => inner],
  anyOf: [(inner) => ({ anyOf: [{ type: 'null' }, inner] }), (inner) => inner],
  oneOf: [(inner) => ({ oneOf: [inner, { type: 'string' }] }), (inner) => inner],
  then: [(inner) => ({ if: { not: { type: 'string' } }, then: inner }), (inner) => inner],
  else: [(inner) => ({ if: { type: 'string' }, else: inner }), (inner) => inner],
  deep: [
    (inner) => ({
      type: 'object',
      properties: { a: { type: 'object', properties: { b: { type: 'object', properties: { c: inner } } } } },
    }),
    (inner) => ({ a: { b: { c: inner } } }),
  ],
};

const get = (schema: object): object => ({
  get: { responses: { 200: { description: 'It', content: { 'application/json': { schema } } } } },
});

async function answer(schema: object, value: unknown): Promise<number> {
  const guard = await createGuard({
    contract: {
      openapi: '3.1.0',
      info: { title: 'Places', version: '1' },
      security: [{ token: [] }],
      paths: { '/seen': get(schema), '/notes': get({ type: 'array', items: ref }) },
      components: { schemas: { Note }, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    policies,
    authentication: { token: { verify: (subject) => ({ subject }) } },
  });
  const handle = fetchGuard(guard, () => Response.json(value));
  const { status } = await handle(new Request('http://api/seen', { headers: { authorization: 'Bearer ada' } }));
  await guard.end();
  return status;
}

for (const [outer, [wrapOuter, putOuter]] of Object.entries(places)) {
  test(`objects at every place within ${outer}`, async () => {
    for (const [inner, [wrap, put]] of Object.entries(places)) {
      const schema = wrapOuter(wrap(ref));
      const of = (owner: string): unknown => putOuter(put({ id: '1', owner }));
      assert.equal(await answer(schema, of('ada')), 200, `${outer}, ${inner}: hers`);
      assert.notEqual(await answer(schema, of('bob')), 200, `${outer}, ${inner}: of somebody else`);
    }
  });
}
