// promise: budgets
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { send, type Answer, type Sent } from './client.ts';
import { guarded } from './guarded.ts';

const json = (schema: object): object => ({ 200: { description: 'ok', content: { 'application/json': { schema } } } });
const list = {
  type: 'object',
  properties: { items: { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } } },
};
const limit = { name: 'limit', in: 'query', schema: { type: 'integer' } };
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

const contract = {
  openapi: '3.1.0',
  info: { title: 'Limits', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/pages': {
      get: {
        operationId: 'listPages',
        'x-castellan': { page: { limit: 'limit', max: 10 } },
        parameters: [limit],
        responses: json(list),
      },
    },
    '/budgeted': {
      get: {
        operationId: 'listBudgeted',
        'x-castellan': { budget: { records: '30/minute' } },
        parameters: [limit],
        responses: json(list),
      },
    },
    '/weighed': {
      get: {
        operationId: 'listWeighed',
        'x-castellan': { budget: { bytes: '1KB/minute' } },
        responses: json(list),
      },
    },
    '/carts/{id}': {
      parameters: [id],
      get: { operationId: 'seeCart', responses: json({ type: 'object' }) },
      post: {
        operationId: 'pay',
        'x-castellan': { flow: { name: 'checkout', after: ['seeCart'], pace: '2/minute' } },
        responses: json({ type: 'object' }),
      },
    },
    '/profile': {
      get: {
        operationId: 'getProfile',
        responses: json({
          type: 'object',
          properties: {
            name: { type: 'string' },
            salary: { type: 'integer', 'x-castellan': { read: ['hr', 'scope:salaries'] } },
          },
        }),
      },
      put: {
        operationId: 'putProfile',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { name: { type: 'string' }, salary: { type: 'integer', 'x-castellan': { write: ['hr'] } } },
              },
            },
          },
        },
        responses: json({ type: 'object' }),
      },
    },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
};

const ada = 'key-of-ada-long-enough';
const bob = 'key-of-bob-long-enough';

describe('pages, budgets, flows and restricted properties, without any policy', () => {
  let now = Date.parse('2026-11-25T10:00:00Z');
  let items = 5;
  let status = 200;
  let server: Awaited<ReturnType<typeof guarded>>;
  const as = (key: string, path: string, sent: Sent = {}): Promise<Answer> =>
    send(server.url, path, { ...sent, headers: { 'x-key': key } });

  before(async () => {
    server = await guarded(
      {
        contract,
        clock: () => now,
        authentication: {
          key: { keys: { [ada]: { subject: 'ada' }, [bob]: { subject: 'bob', groups: ['hr'] } } },
        },
      },
      (request, response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        if (request.operation?.operationId === 'getProfile') response.end('{"name":"Ada","salary":1}');
        else response.end(JSON.stringify({ items: Array.from({ length: items }, (_, index) => ({ id: index })) }));
      },
    );
  });
  beforeEach(() => {
    now += 3_600_000;
    items = 5;
    status = 200;
  });
  after(() => server.close());

  test('a page over the cap is refused when asked for, and withheld when answered all the same', async () => {
    assert.equal((await as(ada, '/pages?limit=10')).status, 200);
    const asked = await as(ada, '/pages?limit=11');
    assert.equal(asked.status, 400);
    assert.match(asked.text, /"pointer":"\/query\/limit".*at most 10/);
    items = 11;
    const answered = await as(ada, '/pages');
    assert.equal(answered.status, 500);
    assert.equal(server.events.at(-1)?.unmapped.castellan.refused?.reason, 'page-over-limit');
  });

  test('a budget of records: per principal, told when it is there again, and back after the time', async () => {
    items = 10;
    for (let call = 0; call < 3; call++) assert.equal((await as(ada, '/budgeted')).status, 200);
    const refused = await as(ada, '/budgeted');
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['retry-after'], '2');
    assert.doesNotMatch(refused.text, /items/);
    assert.equal((await as(bob, '/budgeted')).status, 200);
    now += 20_000;
    assert.equal((await as(ada, '/budgeted')).status, 200);
  });

  test('a budget of bytes: what does not fit does not leave, and takes nothing', async () => {
    items = 200;
    const refused = await as(ada, '/weighed');
    assert.equal(refused.status, 429);
    assert.doesNotMatch(refused.text, /items/);
    assert.equal(server.events.at(-1)?.unmapped.castellan.refused?.reason, 'bytes-budget');
    items = 60;
    assert.equal((await as(ada, '/weighed')).status, 200);
    assert.equal((await as(ada, '/weighed')).status, 429);
    assert.equal((await as(bob, '/weighed')).status, 200);
  });

  test('a step before its time is refused, for this object and this caller; the pace is kept', async () => {
    const pay = (key: string, cart: string): Promise<Answer> => as(key, `/carts/${cart}`, { method: 'POST' });
    const early = await pay(ada, '1');
    assert.equal(early.status, 403);
    assert.match(early.text, /Call seeCart first/);
    status = 404;
    await as(ada, '/carts/1');
    assert.equal((await pay(ada, '1')).status, 403, 'a step that failed is no step');
    status = 200;
    await as(ada, '/carts/1');
    assert.equal((await pay(ada, '2')).status, 403);
    assert.equal((await pay(bob, '1')).status, 403);
    assert.equal((await pay(ada, '1')).status, 200);
    assert.equal((await pay(ada, '1')).status, 200);
    assert.equal((await pay(ada, '1')).status, 429);
    now += 3_600_001;
    assert.equal((await pay(ada, '1')).status, 403, 'an hour later it counts no more');
  });

  test('properties for some only', async () => {
    assert.deepEqual((await as(ada, '/profile')).json, { name: 'Ada' });
    assert.deepEqual((await as(bob, '/profile')).json, { name: 'Ada', salary: 1 });
    const put = (key: string): Promise<Answer> =>
      as(key, '/profile', { method: 'PUT', body: '{"name":"Ada","salary":2}' });
    const refused = await put(ada);
    assert.equal(refused.status, 403);
    assert.match(refused.text, /"pointer":"\/salary"/);
    assert.equal((await put(bob)).status, 200);
  });
});
