// The caller compared with what a request says: a text or a number of the body, of the query, of the path; and owners that are
// numbers while subjects are texts. Where the value stands × how it is typed × what is sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, asking } from './asked.ts';
import { cedar } from './notes.ts';

const done = { 204: { description: 'done' } };
const types = {
  text: { type: 'string' },
  number: { type: 'integer' },
  'text or null': { type: ['string', 'null'] },
} as const;
const verify = (subject: string): Promise<object> => Promise.resolve({ subject });

for (const [kind, type] of Object.entries(types)) {
  const who = { ...type, 'x-castellan': { resource: 'User' } };
  const contract = apiOf(
    {
      '/body': {
        post: {
          operationId: 'inBody',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { type: 'object', properties: { username: who } } } },
          },
          responses: done,
        },
      },
      '/query': {
        get: { operationId: 'inQuery', parameters: [{ name: 'user', in: 'query', schema: who }], responses: done },
      },
      '/path/{user}': {
        get: {
          operationId: 'inPath',
          parameters: [{ name: 'user', in: 'path', required: true, schema: who }],
          responses: done,
        },
      },
    },
    {
      security: [{ token: [] }],
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
        schemas: {
          User: { type: 'object', 'x-castellan': { resource: 'User' }, properties: { id: { type: 'string' } } },
        },
      },
    },
  );
  const policies = cedar(`
permit (principal is User, action == Action::"inBody", resource) when { context has body && context.body has username && context.body.username == principal };
permit (principal is User, action == Action::"inQuery", resource) when { context.query has user && context.query.user == principal };
permit (principal is User, action == Action::"inPath", resource) when { context.path.user == principal };`);

  test(`a caller is the ${kind} that the body, the query or the path says`, async () => {
    const guard = await asking(contract, undefined, { policies, authentication: { token: { verify } } as never });
    const ask = async (as: string, path: string, body?: object): Promise<number> =>
      (
        await guard.ask({
          path,
          method: body === undefined ? 'GET' : 'POST',
          fields: {
            authorization: `Bearer ${as}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      ).status;
    for (const [as, value, expected] of [
      ['17', 17, 204],
      ['17', 18, 403],
      ['17', 170, 403],
      ['017', 17, 403],
      ['17x', 17, 403],
    ] as const) {
      const said = kind === 'number' ? value : String(value);
      assert.equal(await ask(as, '/body', { username: said }), expected, `${as} ${said} in the body`);
      assert.equal(await ask(as, `/query?user=${value}`), expected, `${as} ${value} in the query`);
      assert.equal(await ask(as, `/path/${value}`), expected, `${as} ${value} in the path`);
    }
    // What is not said is nobody.
    assert.equal(await ask('17', '/body', {}), 403);
    assert.equal(await ask('17', '/query'), 403);
    if (kind === 'text or null') assert.equal(await ask('null', '/body', { username: null }), 403);
    await guard.end();
  });
}

test('owners that are numbers are compared with subjects that are texts, in single objects and lists', async () => {
  const order = {
    type: 'object',
    'x-castellan': { resource: 'Order' },
    properties: { id: { type: 'integer' }, ownerId: { type: 'integer', 'x-castellan': { resource: 'User' } } },
  };
  const answer = (schema: object): object => ({
    200: { description: 'ok', content: { 'application/json': { schema } } },
  });
  const ref = { $ref: '#/components/schemas/Order' };
  const rows = [
    { id: 1, ownerId: 7 },
    { id: 2, ownerId: 70 },
    { id: 3, ownerId: 7 },
  ];
  const guard = await asking(
    apiOf(
      {
        '/orders': {
          get: {
            operationId: 'listOrders',
            'x-castellan': { denied: 'remove' },
            responses: answer({ type: 'array', items: ref }),
          },
        },
        '/orders/{id}': {
          get: {
            operationId: 'getOrder',
            parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
            responses: answer(ref),
          },
        },
      },
      {
        security: [{ token: [] }],
        components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, schemas: { Order: order } },
      },
    ),
    (request) => {
      const id = new URL(request.url).pathname.split('/')[2];
      return Response.json(id === undefined ? rows : rows.find((row) => String(row.id) === id));
    },
    {
      policies: cedar(
        'permit (principal, action, resource is Order) when { resource has ownerId && resource.ownerId == principal };',
      ),
      authentication: { token: { verify } } as never,
    },
  );
  const as = (who: string, path: string) => guard.ask({ path, fields: { authorization: `Bearer ${who}` } });
  assert.deepEqual(JSON.parse((await as('7', '/orders')).body), [rows[0], rows[2]]);
  assert.deepEqual(JSON.parse((await as('07', '/orders')).body), []);
  assert.equal((await as('7', '/orders/1')).status, 200);
  assert.equal((await as('7', '/orders/2')).status, 403);
  assert.equal((await as('70', '/orders/2')).status, 200);
  await guard.end();
});
