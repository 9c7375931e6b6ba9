// `read` and `write` count wherever they stand: places of a schema × forms of a request or answer, and of each item of a sequence.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { guarded, identity } from './guarded.ts';
import type { Started } from './adapters/servers.ts';

const secret = { type: 'string', 'x-castellan': { read: ['scope:secrets'], write: ['scope:secrets'] } };
const ref = { $ref: '#/components/schemas/Secret' };

/** A schema, a value that holds the secret in it, and one that does not. */
const places: Record<string, readonly [schema: object, holding: unknown, free: unknown]> = {};
const scalars = {
  'as it is': secret,
  'by $ref': ref,
  'by allOf': { allOf: [ref] },
  nullable: { anyOf: [ref, { type: 'null' }] },
};
for (const [how, schema] of Object.entries(scalars)) {
  places[`a property, ${how}`] = [
    { type: 'object', properties: { a: schema, b: {} } },
    { a: 'SECRET', b: 1 },
    { b: 1 },
  ];
  places[`items, ${how}`] = [{ type: 'array', items: schema }, ['SECRET'], []];
  places[`prefixItems, ${how}`] = [{ type: 'array', prefixItems: [{ type: 'integer' }, schema] }, [1, 'SECRET'], [1]];
  places[`a map, ${how}`] = [{ type: 'object', additionalProperties: schema }, { any: 'SECRET' }, {}];
  places[`patternProperties, ${how}`] = [
    { type: 'object', patternProperties: { '^x-': schema } },
    { 'x-1': 'SECRET' },
    {},
  ];
}
for (const [name, [schema, holding, free]] of Object.entries({ ...places })) {
  places[`${name}, in a list`] = [{ type: 'array', items: schema }, [free, holding], [free]];
  places[`${name}, in an alternative`] = [
    { type: 'object', properties: { c: { oneOf: [schema, { type: 'boolean' }] } } },
    { c: holding },
    { c: true },
  ];
  places[`${name}, in a map`] = [{ type: 'object', additionalProperties: schema }, { k: holding }, { k: free }];
}
const list = Object.values(places);

/** Bodies that are sequences, of these items. */
const sequences: Readonly<Record<string, (items: readonly unknown[]) => string>> = {
  'application/jsonl': (items) => items.map((item) => `${JSON.stringify(item)}\n`).join(''),
  'application/json-seq': (items) => items.map((item) => `\u001e${JSON.stringify(item)}\n`).join(''),
};

const contract = {
  openapi: '3.2.0',
  info: { title: 'Places', version: '1' },
  security: [{ token: [] }],
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: { Secret: secret },
  },
  paths: Object.fromEntries(
    list.map(([schema], index) => [
      `/places/${index}`,
      {
        post: {
          operationId: `write${index}`,
          requestBody: {
            required: true,
            content: {
              'application/json': { schema },
              ...Object.fromEntries(Object.keys(sequences).map((type) => [type, { itemSchema: schema }])),
            },
          },
          responses: { 204: { description: 'Done' } },
        },
        get: {
          operationId: `read${index}`,
          parameters: [{ name: 'form', in: 'query', schema: { type: 'string' } }],
          responses: {
            200: {
              description: 'All',
              content: { 'application/json': { schema }, 'application/jsonl': { itemSchema: schema } },
            },
          },
        },
      },
    ]),
  ),
};

let server: Started;
let answer: unknown;
before(async () => {
  server = await guarded({ contract }, (request, response) => {
    if (request.method === 'POST') {
      response.statusCode = 204;
      response.end();
      return;
    }
    const lines = request.query['form'] === 'lines';
    response.setHeader('content-type', lines ? 'application/jsonl' : 'application/json');
    response.end(lines ? `${JSON.stringify(answer)}\n${JSON.stringify(answer)}` : JSON.stringify(answer));
  });
});
after(() => server.close());

const nobody = await identity.token();
const insider = await identity.token({ scope: 'secrets' });

async function sent(
  path: string,
  token: string,
  body?: string,
  type = 'application/json',
): Promise<{ status: number; text: string }> {
  const response = await fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

for (const [index, [name, [, holding, free]]] of Object.entries(places).entries()) {
  test(`${name}: only who may writes and reads it`, async () => {
    const path = `/places/${index}`;
    const [hold, without] = [JSON.stringify(holding), JSON.stringify(free)];
    assert.equal((await sent(path, nobody, hold)).status, 403);
    assert.equal((await sent(path, insider, hold)).status, 204);
    assert.equal((await sent(path, nobody, without)).status, 204);
    for (const [type, write] of Object.entries(sequences)) {
      const refused = await sent(path, nobody, write([free, holding]), type);
      assert.equal(refused.status, 403);
      assert.match(refused.text, /"pointer":"\/1\//);
      assert.equal((await sent(path, insider, write([free, holding]), type)).status, 204);
      assert.equal((await sent(path, nobody, write([free, free]), type)).status, 204);
      assert.equal((await sent(path, nobody, '', type)).status, 400);
    }
    for (const form of ['json', 'lines']) {
      answer = holding;
      const hidden = await sent(`${path}?form=${form}`, nobody);
      assert.doesNotMatch(hidden.text, /SECRET/);
      assert.equal(hidden.status, 200);
      assert.match((await sent(`${path}?form=${form}`, insider)).text, /SECRET/);
    }
  });
}
