// What a refusal tells: where, which rule and what to do; few and short, and never the value itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { listen, type Started } from './adapters/servers.ts';
import { send, type Answer } from './client.ts';

const secret = 's3cret-VALUE-9f8e';
const json = (schema: object): object => ({ required: true, content: { 'application/json': { schema } } });
const text = { type: 'string', maxLength: 5 };
const document = {
  openapi: '3.1.0',
  info: { title: 'Errors', version: '1' },
  paths: {
    '/things/{id}': {
      post: {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
          { name: 'X-Code', in: 'header', schema: { type: 'string', pattern: '^[a-z]{3}$' } },
          { name: 'session', in: 'cookie', schema: { type: 'string', format: 'uuid' } },
        ],
        requestBody: json({
          type: 'object',
          additionalProperties: false,
          properties: {
            short: text,
            number: { type: 'number' },
            listed: { enum: Array.from({ length: 500 }, (_, i) => `value-${i}`) },
            constant: { const: 'only this' },
            mail: { type: 'string', format: 'email' },
            either: { oneOf: [{ type: 'integer' }, { type: 'boolean' }] },
            many: { type: 'array', items: { type: 'integer' } },
            not: { not: { type: 'string' } },
            deep: { type: 'object', additionalProperties: { $ref: '#/components/schemas/Deep' } },
          },
        }),
        responses: { 204: { description: 'Done' } },
      },
    },
  },
  components: {
    schemas: {
      Deep: {
        anyOf: [{ type: 'object', additionalProperties: { $ref: '#/components/schemas/Deep' } }, { type: 'null' }],
      },
    },
  },
};

describe('refusals', () => {
  let guard: Guard;
  let server: Started;
  before(async () => {
    guard = await createGuard({ contract: document });
    server = await listen(node(guard, (_request, response) => response.writeHead(204).end()));
  });
  after(async () => {
    await server.close();
    await guard.end();
  });

  const post = (body: unknown, path = '/things/1', headers: Record<string, string> = {}): Promise<Answer> =>
    send(server.url, path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  test('no value comes back, whatever is wrong with it', async () => {
    const answers = [
      ...(await Promise.all(
        ['short', 'number', 'listed', 'constant', 'mail', 'either', 'not', 'deep'].map((name) =>
          post({ [name]: secret }),
        ),
      )),
      await post({ many: Array.from({ length: 1000 }, () => secret) }),
      await post(`{"short":"a","short":"${secret}"}`),
      await post(`{"short":"a"} ${secret}`),
      await post(`{"short":'${secret}'}`),
      await post(`"${secret}`),
      await post({}, `/things/${secret}`),
      await post({}, `/things/1?limit=${secret}`),
      await post({}, `/things/1?limit=${secret}&limit=${secret}`),
      await post({}, '/things/1', { 'x-code': secret }),
      await post({}, '/things/1', { cookie: `session=${secret}` }),
      await post({}, '/things/1', { 'content-type': `text/${secret}` }),
      await post({}, '/things/1', { 'content-encoding': secret }),
    ];
    for (const { status, text: body } of answers) {
      assert.ok(status >= 400 && status < 500, body);
      assert.doesNotMatch(body, new RegExp(secret));
    }
  });

  test('there are at most 20 errors, and each is short', async () => {
    const long = 'x'.repeat(5000);
    let deep: unknown = secret;
    for (let i = 0; i < 60; i++) deep = { [long.slice(0, 300)]: deep };
    for (const body of [
      { many: Array.from({ length: 1000 }, () => 'x') },
      Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}${long.slice(0, 500)}`, 1])),
      { deep },
      { listed: 'x' },
    ]) {
      const answer = await post(body);
      assert.equal(answer.status, 400);
      const errors = answer.json['errors'] as Record<string, string>[];
      assert.ok(errors.length >= 1 && errors.length <= 20);
      for (const error of errors) {
        assert.deepEqual(Object.keys(error), ['pointer', 'keyword', 'message', 'fix']);
        for (const part of Object.values(error)) assert.ok(part.length <= 300, part);
      }
      assert.ok(answer.text.length < 20_000, String(answer.text.length));
    }
  });
});
