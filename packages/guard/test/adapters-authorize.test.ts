// Handlers that decide on what they loaded: one behaviour, every framework, over real sockets.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { createGuard, NotAuthorized, type AnyOperations, type TypedGuard } from '@castellan/guard';
import { Recorded } from './adapters/recorded.ts';
import { servers, type Started } from './adapters/servers.ts';
import { send, type Answer } from './client.ts';
import type { Application } from './contract.ts';

const key = 'a-key-of-some-length';
const order = { resource: { type: 'Order', id: 'path.orderId' } };
const operation = (operationId: string, castellan: object = order): object => ({
  parameters: [{ name: 'orderId', in: 'path', required: true, schema: { type: 'string', maxLength: 9 } }],
  get: {
    operationId,
    'x-castellan': castellan,
    responses: { 200: { description: 'ok', content: { 'text/plain': {} } } },
  },
});

const contract = {
  openapi: '3.1.0',
  info: { title: 'Receipts', version: '1' },
  'x-castellan': { profile: 'internal' },
  security: [{ key: [] }],
  paths: {
    '/receipts/{orderId}': operation('getReceipt'),
    '/secrets/{orderId}': operation('getSecret', { ...order, existence: 'secret' }),
    '/caught/{orderId}': operation('getCaught'),
    '/typed/{orderId}': operation('getTyped'),
    '/forgotten/{orderId}': operation('getForgotten'),
    '/orders': {
      get: {
        operationId: 'listOrders',
        responses: {
          200: {
            description: 'ok',
            content: {
              'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Order' } } },
            },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
    schemas: {
      Order: {
        type: 'object',
        'x-castellan': { resource: 'Order' },
        required: ['id'],
        properties: { id: { type: 'string' }, ownerId: { type: 'string' } },
      },
    },
  },
};

const policies = `
permit (principal, action, resource is Order) when { resource has ownerId && resource.ownerId == "ada" };
forbid (principal, action == Action::"getCaught", resource is Order) when { resource.id == "a2" };
`;

const orders: Readonly<Record<string, object>> = {
  a1: { id: 'a1', ownerId: 'ada' },
  a2: { id: 'a2', ownerId: 'ada' },
  b1: { id: 'b1', ownerId: 'bob' },
};
const loaded = (id: unknown): object => orders[String(id)] ?? {};

const database = new DatabaseSync(':memory:');
database.exec(
  "CREATE TABLE orders (id text, owner_id text); INSERT INTO orders VALUES ('a1', 'ada'), ('a2', 'ada'), ('b1', 'bob')",
);
after(() => database.close());

/** The guard in front of the application that is asked. */
let current: TypedGuard<AnyOperations>;

const routes: Application = {
  getReceipt: {
    method: 'get',
    path: '/receipts/:orderId',
    async handle({ params, authorize, permits }) {
      const may = await permits('Order', loaded(params['orderId']), 'getCaught');
      await authorize('Order', loaded(params['orderId']));
      return { status: 200, type: 'text/plain', body: 'receipt', headers: { 'x-may': String(may) } };
    },
  },
  getSecret: {
    method: 'get',
    path: '/secrets/:orderId',
    async handle({ params, authorize }) {
      await authorize('Order', loaded(params['orderId']));
      return { status: 200, type: 'text/plain', body: 'receipt' };
    },
  },
  getCaught: {
    method: 'get',
    path: '/caught/:orderId',
    async handle({ params, authorize }) {
      try {
        await authorize('Order', loaded(params['orderId']));
      } catch (error) {
        assert.ok(error instanceof NotAuthorized);
      }
      return { status: 200, type: 'text/plain', body: 'receipt' };
    },
  },
  getTyped: {
    method: 'get',
    path: '/typed/:orderId',
    async handle({ given }) {
      const { parameters, authorize, permits } = current.operation('getTyped').of(given);
      const object = loaded(parameters.path['orderId']);
      if (await permits('Order', object)) await authorize('Order', object);
      return { status: 200, type: 'text/plain', body: 'receipt' };
    },
  },
  listOrders: {
    method: 'get',
    path: '/orders',
    async handle({ filter, given }) {
      const mine = await filter('Order');
      const { text, params } = mine.sql({ dialect: 'sqlite', columns: { ownerId: 'owner_id' } });
      const rows = database
        .prepare(`SELECT id, owner_id AS ownerId FROM orders WHERE ${text}`)
        .all(...(params as string[]));
      const again = await (await current.operation('listOrders').of(given).filter('Order')).keep(Object.values(orders));
      assert.deepEqual(
        rows.map(({ id }) => id),
        again.map((one) => (one as { readonly id: string }).id),
      );
      return { status: 200, body: rows };
    },
  },
  getForgotten: {
    method: 'get',
    path: '/forgotten/:orderId',
    handle: () => ({ status: 200, type: 'text/plain', body: 'receipt' }),
  },
};

const folder = mkdtempSync(join(tmpdir(), 'castellan-adapters-'));
const file = join(folder, 'orders.cedar');
writeFileSync(file, policies);
after(() => rmSync(folder, { recursive: true }));

for (const [name, start] of Object.entries(servers)) {
  describe(`${name}: authorize`, () => {
    let guard: TypedGuard<AnyOperations>;
    let server: Started;
    const recorded = new Recorded();
    const ask = (path: string): Promise<Answer> => send(server.url, path, { headers: { 'x-key': key } });

    before(async () => {
      const authentication = { key: { keys: { [key]: { subject: 'ada' } } } };
      guard = await createGuard({ contract, authentication, policies: file, onEvent: recorded.add });
      server = await start(guard, routes);
      current = guard;
    });
    after(async () => {
      await server.close();
      await guard.end();
    });

    test('what is allowed goes on, and the answer leaves', async () => {
      const answer = await ask('/receipts/a1');
      assert.deepEqual([answer.status, answer.text, answer.headers['x-may']], [200, 'receipt', 'true']);
      assert.equal((await ask('/receipts/a2')).headers['x-may'], 'false');
      for (let i = 0; i < 2; i++) assert.equal((await recorded.next()).unmapped.castellan.refused, undefined);
    });

    test('what is denied is a 403 of the guard, though the handler caught nothing', async () => {
      const answer = await ask('/receipts/b1');
      const event = await recorded.next();
      assert.equal(answer.status, 403);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.match(String(answer.json['type']), /#forbidden$/);
      assert.equal(answer.json['requestId'], event.metadata.uid);
      assert.deepEqual([event.http_response.code, event.severity_id], [403, 3]);
      const { refused, failure } = event.unmapped.castellan;
      assert.equal(failure, undefined);
      assert.equal(refused?.stage, 'authorize');
      assert.match(refused?.log ?? '', /getReceipt on Order \S+: no policy permits/);
      assert.equal(recorded.left, 0);
    });

    test('where existence is secret, it is the 404 of what is not there', async () => {
      const answer = await ask('/secrets/b1');
      assert.equal(answer.status, 404);
      assert.match(String(answer.json['type']), /#not-found$/);
      assert.doesNotMatch(answer.text, /allowed|authorize|may not/);
      assert.equal((await recorded.next()).unmapped.castellan.refused?.stage, 'authorize');
    });

    test('a handler that goes on after a refusal, or never asks, sends nothing', async () => {
      for (const path of ['/caught/b1', '/forgotten/a1']) {
        const answer = await ask(path);
        assert.equal(answer.status, 500, path);
        assert.doesNotMatch(answer.text, /receipt/);
        assert.equal((await recorded.next()).unmapped.castellan.refused?.reason, 'authorization-not-decided');
      }
      assert.equal((await ask('/caught/a1')).text, 'receipt');
      await recorded.next();
    });

    test('an operation, asked for what it got, decides as well', async () => {
      assert.equal((await ask('/typed/a1')).text, 'receipt');
      assert.equal((await ask('/typed/b1')).status, 500);
      for (let i = 0; i < 2; i++) await recorded.next();
    });

    test('a list is asked of the database with the condition of the policies', async () => {
      const answer = await ask('/orders');
      assert.deepEqual(
        [answer.status, answer.json],
        [
          200,
          [
            { id: 'a1', ownerId: 'ada' },
            { id: 'a2', ownerId: 'ada' },
          ] as unknown,
        ],
      );
      assert.equal((await recorded.next()).unmapped.castellan.changed, undefined);
    });

    test('an object that is none is a failure of the handler, and tells nothing', async () => {
      const answer = await ask('/receipts/none');
      assert.equal(answer.status, 500);
      assert.match(String(answer.json['type']), /#internal-error$/);
      assert.match((await recorded.next()).unmapped.castellan.failure ?? '', /the object is no Order of the contract/);
    });
  });
}
