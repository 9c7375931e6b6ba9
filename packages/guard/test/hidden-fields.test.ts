// `read` counts in header fields of answers and in the fields of events, wherever it stands in their schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guarded, identity } from './guarded.ts';
import { apiOf, asking } from './asked.ts';

const secret = { type: 'string', 'x-castellan': { read: ['scope:secrets'] } };
const held = { type: 'object', properties: { id: { type: 'string' }, s: secret } };

/** How a field is described, and a value that holds the secret. */
const fields: Readonly<Record<string, readonly [header: object, value: string]>> = {
  'as it is': [{ schema: secret }, 'SECRET'],
  'by $ref': [{ schema: { $ref: '#/components/schemas/Secret' } }, 'SECRET'],
  'by allOf': [{ schema: { allOf: [{ $ref: '#/components/schemas/Secret' }] } }, 'SECRET'],
  'an alternative': [{ schema: { anyOf: [{ type: 'integer' }, secret] } }, 'SECRET'],
  'items of a list': [{ schema: { type: 'array', items: secret } }, 'a,SECRET'],
  'a property': [{ schema: held }, 'id,1,s,SECRET'],
  'a property, exploded': [{ explode: true, schema: held }, 'id=1,s=SECRET'],
  'a value of a map': [{ explode: true, schema: { type: 'object', additionalProperties: secret } }, 'k=SECRET'],
  'in JSON': [{ content: { 'application/json': { schema: held } } }, '{"id":"1","s":"SECRET"}'],
  'in JSON, deep': [
    { content: { 'application/json': { schema: { type: 'array', items: { type: 'array', items: held } } } } },
    '[[{"s":"SECRET"}]]',
  ],
};
const answers = [
  ['GET', 200, '{"id":1}'],
  ['GET', 201, '{"id":1}'],
  ['GET', 204, null],
  ['GET', 302, null],
  ['GET', 404, '{"id":1}'],
  // An error body that may not leave is replaced; its fields leave.
  ['GET', 500, '{"id":"no number"}'],
  ['HEAD', 200, null],
] as const;
const authentication = {
  token: { verify: (subject: string) => ({ subject, scopes: subject === 'insider' ? ['secrets'] : [] }) },
};
const schemas = { Secret: secret };
const components = { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } };
const open = { limits: { perAddress: 'off', perPrincipal: 'off' } } as const;

for (const [how, [header, value]] of Object.entries(fields))
  for (const written of ['X-Held', 'x-HELD'])
    test(`a header field, ${how}, documented as ${written}`, async () => {
      const json = { 'application/json': { schema: { type: 'object', properties: { id: { type: 'integer' } } } } };
      const described = (status: number) => ({
        description: 'It',
        headers: { [written]: { required: status === 200, ...header } },
        ...(status === 204 || status === 302 ? {} : { content: json }),
      });
      const responses = Object.fromEntries(answers.map(([, status]) => [status, described(status)]));
      const contract = apiOf(
        { '/a': { get: { operationId: 'a', responses } } },
        { security: [{ token: [] }], components },
      );
      for (const [method, status, body] of answers)
        for (const mode of ['enforce', 'observe'] as const) {
          const guard = await asking(
            contract,
            () =>
              new Response(body, {
                status,
                headers: {
                  'x-held': value,
                  ...(body === null && method === 'GET' ? {} : { 'content-type': 'application/json' }),
                },
              }),
            { authentication, mode, ...open },
          );
          const ask = (who: string) => guard.ask({ method, fields: { authorization: `Bearer ${who}` } });
          const [outsider, insider] = [await ask('outsider'), await ask('insider')];
          const place = `${method} ${status} ${mode}`;
          assert.equal(insider.headers.get('x-held'), value, place);
          assert.equal(outsider.headers.get('x-held'), mode === 'enforce' ? null : value, place);
          assert.equal(outsider.status, insider.status, place);
          assert.match(JSON.stringify(outsider.event), /unreadable-property.*\/header\/x-held/, place);
          assert.doesNotMatch(JSON.stringify(insider.event), /unreadable-property/, place);
          await guard.end();
        }
    });

test('over a socket, in each way of setting fields', async () => {
  const responses = {
    200: {
      description: 'It',
      headers: { 'X-Held': { schema: { type: 'array', items: secret } } },
      content: { 'text/plain': {} },
    },
  };
  const contract = apiOf({ '/a': { get: { operationId: 'a', responses } } }, { security: [{ token: [] }], components });
  const ways: Parameters<typeof guarded>[1][] = [
    (_, response) => response.setHeader('x-held', ['a', 'SECRET']).setHeader('content-type', 'text/plain').end('x'),
    (_, response) => response.writeHead(200, { 'X-HELD': 'SECRET', 'content-type': 'text/plain' }).end('x'),
    (_, response) =>
      response.writeHead(200, ['X-Held', 'a', 'content-type', 'text/plain', 'x-held', 'SECRET']).end('x'),
    (_, response) => {
      response.appendHeader('X-Held', 'SECRET').setHeader('content-type', 'text/plain');
      response.write('x');
      response.end();
    },
  ];
  for (const way of ways) {
    const server = await guarded({ contract, ...open }, way);
    const ask = async (scope: string) => {
      const token = await identity.token({ scope });
      return fetch(`${server.url}/a`, { headers: { authorization: `Bearer ${token}` } });
    };
    const [outsider, insider] = [await ask('none'), await ask('secrets')];
    await server.close();
    assert.equal(outsider.headers.get('x-held'), null);
    assert.match(insider.headers.get('x-held') ?? '', /SECRET/);
    assert.equal(await outsider.text(), await insider.text());
  }
});

test('fields of events: each by its own rule, beside data that is JSON', async () => {
  const data = { type: 'string', contentMediaType: 'application/json', contentSchema: held };
  const rule = { 'x-castellan': { read: ['scope:secrets'] } };
  const cases: readonly (readonly [item: object, event: string])[] = [
    [{ data, id: secret }, 'id: SECRET\ndata: {"id":"1"}\n\n'],
    [{ data, event: secret }, 'event: SECRET\ndata: {"id":"1"}\n\n'],
    [{ data: { ...data, ...rule } }, 'data: {"id":"SECRET"}\n\n'],
    [{ data: { allOf: [data, rule] } }, 'data: {"id":"SECRET"}\n\n'],
    [{ data, id: secret }, 'data: {"id":"1","s":"SECRET"}\n\n'],
  ];
  for (const [properties, event] of cases)
    for (const rest of ['', 'data: {"id":"2"}\n\n']) {
      const media = { 'text/event-stream': { itemSchema: { type: 'object', properties } } };
      const guard = await asking(
        apiOf(
          { '/a': { get: { operationId: 'a', responses: { 200: { description: 'All', content: media } } } } },
          { security: [{ token: [] }], components },
        ),
        () => new Response(event + rest, { headers: { 'content-type': 'text/event-stream' } }),
        { authentication, ...open },
      );
      const ask = (who: string) => guard.ask({ fields: { authorization: `Bearer ${who}` } });
      assert.doesNotMatch((await ask('outsider')).body, /SECRET/, event);
      assert.equal((await ask('insider')).body, event + rest);
      await guard.end();
    }
});
