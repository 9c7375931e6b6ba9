// Decided in a registry, carried out by guards that run: real guards, a real registry, real requests.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { createGuard, type Guard, type RegistryOptions } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { importDocuments } from '../inventory/import-documents.ts';
import { findGhosts } from '../ghosts/find.ts';
import { showApi } from '../inventory/show.ts';
import { createKey } from '../server/access/keys.ts';
import { serveRegistry, type RegistryServer } from '../server/serve.ts';
import { openStore, type Store } from '../store/open.ts';
import { listApprovals } from './approve.ts';
import { listConsumers, nameConsumer, principalHash } from './consumers.ts';
import { lookAt } from './look.ts';
import { makeTransition, type TransitionRequest } from './transition.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-carried-out-'));
const contract = join(folder, 'orders.json');
const day = 86_400_000;
let now = Date.UTC(2026, 10, 29, 12);
let store: Store;
let registry: RegistryServer;
let key = '';
const secret = 'Zm9yIHRoZSB0ZXN0cyBvZiB3aGF0IGVuZHM';

before(async () => {
  const responses = { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } };
  writeFileSync(
    contract,
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Orders', version: '1' },
      'x-castellan': { owner: 'team-orders' },
      security: [{ key: [] }],
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
      paths: {
        '/orders': { get: { operationId: 'listOrders', responses }, post: { operationId: 'createOrder', responses } },
        '/v2/orders': { get: { operationId: 'listOrders2', responses } },
      },
    }),
  );
  store = await openStore({ url: 'memory:', clock: () => now });
  registry = await serveRegistry(store, { port: 0 });
  await importDocuments(store, [{ source: contract }], { cwd: folder });
  key = (await createKey(store, { name: 'orders', role: 'guard', api: 'orders' })).key;
});
after(async () => {
  await registry.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

interface Running {
  readonly guard: Guard;
  readonly ask: (method: string, path: string) => Promise<Response>;
  /** After it has told the registry, and heard of it. */
  readonly reported: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A guard in front of a real server. Its reports are sent when it ends, so each phase of a test has its own. */
async function running(more: Partial<RegistryOptions> = {}): Promise<Running> {
  const guard = await createGuard({
    contract,
    authentication: { key: { keys: [{ key: secret, subject: 'shop' }] } },
    clock: () => now,
    environment: 'production',
    registry: { url: registry.url, key, name: 'orders-1', ...more },
  });
  const server: Server = createServer(
    node(guard, (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    guard,
    ask: (method, path) => fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { 'x-key': secret } }),
    async reported() {
      const known = async (): Promise<number> =>
        (await store.db.selectFrom('deployments').selectAll().execute()).length;
      while ((await known()) === 0) await setImmediate();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await guard.end();
    },
  };
}

/** Asks until a guard answers so: it has heard of the decision. */
async function until(ask: () => Promise<Response>, status: number): Promise<Response> {
  for (;;) {
    const response = await ask();
    if (response.status === status) return response;
    await response.text();
    await setImmediate();
  }
}

const decide = (request: Partial<TransitionRequest> & Pick<TransitionRequest, 'to'>) =>
  makeTransition(store, { api: 'orders', actor: 'ada', roles: ['administrator'], reason: 'it is time', ...request });

test('a deprecated operation is announced, its callers are known by name, and only it', async () => {
  const outcome = await decide({
    operation: 'listOrders',
    to: 'deprecated',
    sunset: '2027-06-30',
    successor: 'listOrders2',
    information: 'https://docs.example.com/moving',
  });
  assert.ok(outcome.allowed, JSON.stringify(outcome));
  const { ask, close } = await running();
  // It announces from when the registry has answered its first report.
  let response = await ask('GET', '/orders');
  while (response.headers.get('sunset') === null) response = await ask('GET', '/orders');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('deprecation'), `@${Date.UTC(2026, 10, 29) / 1000}`);
  assert.equal(response.headers.get('sunset'), 'Wed, 30 Jun 2027 00:00:00 GMT');
  assert.match(
    String(response.headers.get('link')),
    /^<\.\/v2\/orders>; rel="successor-version", <https:\/\/docs\.example\.com\/moving>; rel="deprecation sunset"$/,
  );
  const other = await ask('GET', '/v2/orders');
  assert.deepEqual([other.status, other.headers.get('sunset')], [200, null]);
  await close();

  const [consumer, ...others] = await listConsumers(store, { api: 'orders' });
  assert.deepEqual(
    [consumer?.operation, consumer?.state, consumer?.sunset, consumer?.contact, others],
    ['listOrders', 'deprecated', '2027-06-30', null, []],
  );
  assert.equal((await listConsumers(store, { all: true })).length, 2);
  // The issuer of a key is the name of its security scheme.
  const principal = await principalHash(store, 'key', 'shop');
  assert.equal(consumer?.principal, principal);
  await nameConsumer(store, principal, { name: 'Shop team', contact: 'shop@example.com' });
  await nameConsumer(store, principal, { told: true });
  const [told] = await listConsumers(store, { api: 'orders' });
  assert.deepEqual(
    [told?.name, told?.contact, told?.told?.slice(0, 10)],
    ['Shop team', 'shop@example.com', '2026-11-29'],
  );
});

test('who still calls keeps it from being retired; after the sunset it is 410, and then it can be', async () => {
  const early = await decide({ operation: 'listOrders', to: 'retired' });
  assert.deepEqual(early.allowed ? [] : early.problems.map(({ condition }) => condition), [
    'notice-over',
    'no-consumers',
  ]);
  now = Date.parse('2027-06-30T00:00:00Z');
  const { ask, close } = await running();
  assert.equal((await until(() => ask('GET', '/orders'), 410)).status, 410);
  assert.equal((await ask('POST', '/orders')).status, 200);
  await close();
  now += 31 * day;
  const { allowed } = await decide({ operation: 'listOrders', to: 'retired' });
  assert.ok(allowed);
  const { operationList } = await showApi(store, 'orders');
  assert.deepEqual(
    operationList.map(({ operation, state }) => `${operation} ${state}`),
    ['listOrders retired', 'createOrder published', 'listOrders2 published'],
  );
});

test('a guard that starts while the registry is away goes on with what was decided, where it kept it', async () => {
  const directory = join(folder, 'reports');
  const first = await running({ directory });
  await until(() => first.ask('GET', '/orders'), 410);
  await first.close();
  const away = { url: 'http://127.0.0.1:9', directory };
  const second = await running(away);
  assert.equal((await second.ask('GET', '/orders')).status, 410);
  await second.close();
  const ignoring = await running({ ...away, lifecycle: 'ignore' });
  assert.equal((await ignoring.ask('GET', '/orders')).status, 200);
  await ignoring.close();
});

test('a retired API that answers is a zombie, and so is a retired operation; importing its document again revives nothing', async () => {
  for (const to of ['deprecated', 'retired'] as const) {
    const outcome = await decide({ to, sunset: '2030-01-01', despite: ['notice-over', 'no-consumers'] });
    assert.ok(outcome.allowed, JSON.stringify(outcome));
  }
  await importDocuments(store, [{ source: contract }], { cwd: folder });
  assert.equal((await showApi(store, 'orders')).state, 'retired');
  const ignoring = await running({ lifecycle: 'ignore' });
  assert.equal((await ignoring.ask('GET', '/v2/orders')).status, 200);
  await ignoring.close();
  const zombies = (await findGhosts(store)).ghosts.filter(
    ({ kind, subject }) => kind === 'zombie' && subject.includes('/v2'),
  );
  assert.deepEqual(zombies[0]?.evidence[0], 'the API is retired');
  const obeying = await running();
  await until(() => obeying.ask('GET', '/v2/orders'), 410);
  await obeying.close();
});

// promise: decisions-kept
test('everything that was decided is kept: who, when, why, in which role and despite what', async () => {
  const approvals = await listApprovals(store, 'orders');
  assert.deepEqual(
    approvals.map(({ operation, from, to, despite }) => [operation, from, to, despite]),
    [
      ['', 'deprecated', 'retired', ['notice-over', 'no-consumers']],
      ['', 'published', 'deprecated', []],
      ['listOrders', 'deprecated', 'retired', []],
      ['listOrders', 'published', 'deprecated', []],
    ],
  );
  for (const { actor, role, reason, time } of approvals) {
    assert.deepEqual([actor, role, reason], ['ada', 'administrator', 'it is time']);
    assert.ok(!Number.isNaN(Date.parse(time)));
  }
  const view = await lookAt(store, { api: 'orders', actor: 'eve', roles: ['viewer'] });
  assert.deepEqual(
    view.ways.map(({ to, allowed }) => [to, allowed]),
    [['deprecated', false]],
  );
});
