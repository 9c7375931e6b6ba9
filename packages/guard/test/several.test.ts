// Two documents under one prefix: each request is held to the document that has it, whichever guard stands first.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import express4or5 from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { serve } from '@hono/node-server';
import { createGuard, several, type Guard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { hono, type HonoVariables } from '@castellan/guard/hono';
import { node } from '@castellan/guard/node';

const json = (schema: object): object => ({ description: 'x', content: { 'application/json': { schema } } });
const document = (title: string, paths: object): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title, version: '1' },
  servers: [{ url: '/api' }],
  paths,
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
});
const shown = { type: 'object', properties: { [`of`]: { type: 'string' } } };
const orders = document('Orders', {
  '/orders': {
    get: {
      operationId: 'a',
      parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
      responses: { 200: json(shown) },
    },
    post: {
      operationId: 'b',
      requestBody: { content: { 'application/vnd.order+json': { schema: shown } } },
      responses: { 200: json(shown) },
    },
  },
  '/items/{id}': {
    get: {
      operationId: 'c',
      responses: { 200: json(shown) },
      parameters: [{ name: 'id', in: 'path', required: true, schema: {} }],
    },
  },
});
const users = document('Users', {
  '/users': { get: { operationId: 'a', security: [{ key: [] }], responses: { 200: json(shown) } } },
  '/orders': { delete: { operationId: 'd', responses: { 200: json(shown) } } },
  '/items/special': { get: { operationId: 'e', security: [{ key: [] }], responses: { 200: json(shown) } } },
});
const authentication = { key: { verify: (key: string) => (key === 'good' ? { subject: 'ada' } : undefined) } };
const body = JSON.stringify({ of: 'both', secret: 'undocumented' });

const servers: Readonly<Record<string, (guard: Guard) => Promise<{ readonly port: number; close(): unknown }>>> = {
  async 'node:http'(guard) {
    const server = createServer(
      node(guard, (_request, response) => response.setHeader('content-type', 'application/json').end(body)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  },
  async Express(guard) {
    const app = express4or5().use(express(guard));
    app.use((_request, response) => void response.type('application/json').send(body));
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  },
  async Fastify(guard) {
    const app = Fastify();
    await app.register(fastify(guard));
    app.all('/*', (_request, reply) => reply.type('application/json').send(body));
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
  },
  async Hono(guard) {
    const app = new Hono<{ Variables: HonoVariables }>();
    app.use(hono(guard));
    app.all('/*', (c) => c.body(body, 200, { 'content-type': 'application/json' }));
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve({ port, close: () => server.close() }),
      );
    });
  },
};

async function serving(t: TestContext, kind: string, turned: boolean) {
  const events: [title: string, event: GuardEvent][] = [];
  const guardOf = (contract: Record<string, unknown>, options: Partial<GuardOptions> = {}): Promise<Guard> =>
    createGuard({
      contract,
      onEvent: (event) => events.push([(contract['info'] as { title: string }).title, event]),
      ...options,
    });
  const both = [await guardOf(orders), await guardOf(users, { authentication, outside: ['/health'] })];
  const [one, other] = turned ? both.toReversed() : both;
  assert.ok(one !== undefined && other !== undefined);
  const guard = several(one, other);
  const running = await servers[kind]?.(guard);
  assert.ok(running !== undefined);
  t.after(async () => {
    await running.close();
    await guard.end();
  });
  return {
    guard,
    events,
    ask: async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`http://127.0.0.1:${running.port}${path}`, {
        ...init,
        headers: { connection: 'close', ...init.headers },
      });
      return [response.status, await response.text()] as const;
    },
  };
}

for (const kind of Object.keys(servers))
  for (const turned of [false, true])
    test(`${kind}, ${turned ? 'users' : 'orders'} first`, async (t) => {
      const { ask, events } = await serving(t, kind, turned);
      const good = { headers: { 'x-key': 'good' } };
      assert.deepEqual(await ask('/api/orders?limit=5'), [200, '{"of":"both"}']);
      assert.equal((await ask('/api/orders?limit=x'))[0], 400);
      const order = { method: 'POST', headers: { 'content-type': 'application/vnd.order+json' } };
      assert.equal((await ask('/api/orders', { ...order, body: '{"of":"x"}' }))[0], 200);
      assert.equal((await ask('/api/orders', { ...order, body: '{"of":1}' }))[0], 400);
      assert.equal((await ask('/api/orders', { method: 'DELETE' }))[0], 200);
      assert.equal((await ask('/api/orders', { method: 'PUT' }))[0], 405);
      assert.equal((await ask('/api/users'))[0], 401);
      assert.deepEqual(await ask('/api/users', good), [200, '{"of":"both"}']);
      assert.equal((await ask('/api/items/7'))[0], 200);
      // A variable of the one is not the way around a credential of the other.
      assert.equal((await ask('/api/items/special'))[0], 401);
      assert.equal((await ask('/api/items/special', good))[0], 200);
      assert.equal((await ask('/health'))[0], 200);
      assert.equal((await ask('/api/other'))[0], 404);
      assert.equal((await ask('/api/users', { method: 'HEAD' }))[0], 401);
      const of = (operation: string): string[] => [
        ...new Set(events.filter(([, event]) => event.http_request.url.path === operation).map(([title]) => title)),
      ];
      assert.deepEqual([of('/api/users'), of('/api/items/special')], [['Users'], ['Users']]);
    });

describe('together', () => {
  test('two documents with one operation are refused', async () => {
    const [one, other] = [
      await createGuard({ contract: orders }),
      await createGuard({ contract: document('Others', { '/items/{name}': { get: { responses: {} } } }) }),
    ];
    assert.throws(() => several(one, other), /GET \/items\/\{name\} stands in 'Orders' and in 'Others'/);
    await one.end();
    await other.end();
  });
  test('notices say whose they are', async (t) => {
    const { guard } = await serving(t, 'node:http', false);
    assert.ok(guard.notices.some(({ message }) => message.startsWith('Orders: ')));
    await guard.reload();
    await assert.rejects(guard.reload({ contract: orders }), /give each of them its own/);
  });
});
