// Schemas with names of their own (`$id`, `$anchor`, `$dynamicAnchor`) and references that lead on: whoever walks over them follows
// references from where they stand, and passes over nothing on the way. JSON Schema 2020-12 core 8.2.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sensitiveNames } from '../src/limits/sensitive-names.ts';
import { placesOf } from '../src/limits/account.ts';
import { apiOf, asking } from './asked.ts';
import { createGuard } from '@castellan/guard';

const account = {
  type: 'object',
  required: ['username'],
  properties: { username: { type: 'string' }, password: { type: 'string' } },
};
const say = (id: string, by: string, defs: object): object => ({ $id: `urn:example:${id}`, $ref: by, $defs: defs });

/** How a schema says `account`; the second is what stands among the components. */
const forms: Readonly<Record<string, readonly [schema: object, components?: Readonly<Record<string, object>>]>> = {
  plain: [account],
  'by $defs of its own': [say('a', '#/$defs/it', { it: account })],
  'by an anchor': [say('b', '#it', { it: { $anchor: 'it', ...account } })],
  'by a resource within': [say('c', 'urn:example:within', { it: { $id: 'urn:example:within', ...account } })],
  'by a relative name': [
    { $id: 'https://example.com/d/one', $ref: 'two', $defs: { it: { $id: 'https://example.com/d/two', ...account } } },
  ],
  'by two of them': [say('e', '#/$defs/it', { it: say('e2', '#deep', { it: { $anchor: 'deep', ...account } }) })],
  'by a reference that says something itself': [
    { $ref: '#/components/schemas/Outer' },
    {
      Outer: { $ref: '#/components/schemas/Inner', properties: { username: { type: 'string' } } },
      Inner: { type: 'object', required: ['username'], properties: { password: { type: 'string' } } },
    },
  ],
};
const places: Readonly<Record<string, readonly [place: (inner: object) => object, value: (inner: object) => object]>> =
  {
    itself: [(inner) => inner, (inner) => inner],
    'in allOf': [(inner) => ({ allOf: [{}, inner] }), (inner) => inner],
    'in an alternative': [(inner) => ({ anyOf: [{ type: 'null' }, inner] }), (inner) => inner],
    'in a property': [(inner) => ({ type: 'object', properties: { user: inner } }), (inner) => ({ user: inner })],
  };

for (const [form, [schema, schemas = {}]] of Object.entries(forms))
  for (const [place, [around, within]] of Object.entries(places))
    test(`${form}, ${place}: requests and answers are checked, and their names found`, async () => {
      const whole = around(schema);
      const content = { 'application/json': { schema: whole } };
      const document = apiOf(
        {
          '/login': {
            post: {
              operationId: 'login',
              requestBody: { required: true, content },
              responses: { 200: { description: 'Who', content } },
            },
          },
        },
        { security: [], components: { schemas } },
      );
      const right = JSON.stringify(within({ username: 'ada@example.com', password: 'x' }));
      const guard = await asking(document, async (request) => Response.json(await request.json()));
      const ask = (body: string) =>
        guard.ask({
          path: '/login',
          method: 'POST',
          body,
          fields: { 'content-type': 'application/json', 'content-length': String(body.length) },
        });
      assert.equal((await ask(right)).status, 200);
      assert.equal((await ask(JSON.stringify(within({ username: 1 })))).status, 400);
      await guard.end();

      const { contract } = await createGuard({ contract: document });
      const [operation] = contract.operations;
      const [body] = operation?.body?.content ?? [];
      assert.ok(operation !== undefined && body?.schema !== undefined);
      const found = placesOf(contract, operation).map(({ path }) => path.at(-1));
      for (const name of ['username', 'password']) assert.ok(found.includes(name), name);
      assert.ok(sensitiveNames(contract, body.schema).has('password'));
    });

test('an object in the query, described along a chain of references, is read by all of them', async () => {
  const parameter = (style: string) => ({
    name: 'f',
    in: 'query',
    style,
    explode: true,
    schema: { $ref: '#/components/schemas/Outer' },
  });
  const guard = await asking(
    apiOf(
      { '/deep': { get: { parameters: [parameter('deepObject')], responses: { 204: { description: 'Done' } } } } },
      {
        security: [],
        components: {
          schemas: {
            Outer: { $ref: '#/components/schemas/Middle' },
            Middle: { $ref: '#/components/schemas/Inner', properties: { n: { type: 'integer' } } },
            Inner: { type: 'object', properties: { t: { type: 'string' } } },
          },
        },
      },
    ),
  );
  assert.equal((await guard.ask({ path: '/deep?f[n]=1&f[t]=2' })).status, 204);
  assert.equal((await guard.ask({ path: '/deep?f[n]=x' })).status, 400);
  await guard.end();
});
