import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { importDocuments } from '../inventory/import-documents.ts';
import { recordDeployment } from '../inventory/record-deployment.ts';
import { importTraffic } from '../sightings/import-traffic.ts';
import { openStore, type Store } from '../store/open.ts';
import { findGhosts } from './find.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-honest-'));
const start = Date.UTC(2026, 10, 1);
const day = 86_400_000;
let now = start;
let store: Store;
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => now });
});
beforeEach(async () => {
  now = start;
  for (const table of ['sightings', 'traffic', 'imports', 'deployments', 'apis', 'environments'] as const)
    await store.db.deleteFrom(table).execute();
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const paths = ['/orders', '/orders/{orderId}', '/orders/{orderId}/items', '/customers/{name}'];

async function publish(version: string, servers: readonly string[], of: readonly string[] = paths): Promise<string> {
  const file = join(folder, 'openapi.json');
  const operations = of.map((path) => [
    path,
    {
      get: {
        security: [],
        parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
        })),
        responses: { 200: { description: '' } },
      },
    },
  ]);
  const document = {
    openapi: '3.1.0',
    info: { title: 'Shop', version },
    servers: servers.map((url) => ({ url })),
    paths: Object.fromEntries(operations) as object,
  };
  writeFileSync(file, JSON.stringify(document));
  const [imported] = await importDocuments(store, [{ source: file, owner: 'team' }]);
  assert.ok(imported !== undefined && imported.outcome !== 'unreadable');
  now += 1_000;
  return imported.digest;
}

let written = 0;
/** Traffic of some paths, 20 requests of each; `#` becomes another number in each. */
async function traffic(host: string, of: readonly string[], at = now): Promise<void> {
  const lines = of.flatMap((path) =>
    Array.from({ length: 20 }, (_, n) =>
      JSON.stringify({
        time: new Date(at).toISOString(),
        method: 'GET',
        path: path.replaceAll('#', String(1_000 + n)),
        status: 200,
        ...(host === '' ? {} : { host }),
      }),
    ),
  );
  const file = join(folder, `traffic-${(written += 1)}.log`);
  writeFileSync(file, lines.join('\n'));
  await importTraffic(store, file, { environment: 'production', format: 'json' });
}

async function found(): Promise<string[]> {
  const { ghosts } = await findGhosts(store);
  return ghosts.filter(({ severity }) => severity !== 'low').map(({ kind, subject }) => `${kind} ${subject}`);
}

const called = ['/orders', '/orders/#', '/orders/#/items', '/customers/ada'];
const shop = 'https://shop.example.com';

test('no ghosts: the document comes after the log, a log without hosts, servers without a host, slashes at the end', async () => {
  for (const servers of [[shop], [`${shop}/api`], ['/'], [], ['/api'], [shop, 'https://eu.example.com/api']]) {
    const base = servers.some((one) => one.endsWith('/api')) ? '/api' : '';
    for (const host of ['', 'shop.example.com'])
      for (const isLate of [true, false]) {
        for (const table of ['sightings', 'traffic', 'imports', 'apis'] as const)
          await store.db.deleteFrom(table).execute();
        if (!isLate) await publish('1', servers);
        const bare = servers.length > 1 ? '' : base;
        await traffic(host, [...called.map((path) => bare + path), `${bare}/orders/`, `${bare}//orders/#`]);
        if (isLate) await publish('1', servers);
        assert.deepEqual(await found(), [], `${servers.join(' ')} host '${host}' late ${isLate}`);
        await traffic(host, [`${bare}/internal/dump`, `${bare}/orders/#/secrets`]);
        assert.equal((await found()).length, 2, `${servers.join(' ')} host '${host}' late ${isLate}`);
      }
  }
});

test('no ghosts: versions side by side under their own base paths; a ghost: what the newest has not any more', async () => {
  await publish('1', [`${shop}/v1`], [...paths, '/legacy']);
  await publish('2', [`${shop}/v2`], [...paths, '/orders/{orderId}/notes']);
  now += 10 * day;
  const both = [...called.map((path) => `/v1${path}`), '/v1/legacy', ...called.map((path) => `/v2${path}`)];
  await traffic('shop.example.com', both);
  assert.deepEqual(await found(), []);
  await publish('3', [`${shop}/v2`]);
  await traffic('shop.example.com', ['/v2/orders/#/notes']);
  assert.deepEqual(await found(), [], 'a release takes a day');
  now += 2 * day;
  await traffic('shop.example.com', ['/v2/orders/#/notes']);
  assert.deepEqual(await found(), ['zombie GET /orders/{orderId}/notes']);
});

test('no ghosts: blue and green, a canary, what was switched off; a ghost: an old version that goes on', async () => {
  const old = await publish('1', [shop]);
  const run = (name: string, digest: string, audit = true): Promise<void> =>
    recordDeployment(store, {
      id: name,
      api: 'shop',
      environment: 'production',
      name,
      source: 'heartbeat',
      place: '',
      digest,
      audit,
    });
  await run('blue', old);
  const newest = await publish('2', [shop], paths.slice(1));
  await run('green', newest);
  assert.deepEqual(await found(), []);
  now += 2 * day;
  await run('green', newest);
  assert.deepEqual(await found(), [], 'blue has not reported since');
  await run('blue', old);
  assert.deepEqual(await found(), ['zombie blue']);
});

test('no ghosts: health checks and what browsers ask for; ghosts: what only looks like them', async () => {
  await publish('1', [shop]);
  await traffic('shop.example.com', [
    ...called,
    '/health',
    '/healthz',
    '/internal/readyz',
    '/actuator/health/liveness',
    '/ping',
    '/favicon.ico',
    '/robots.txt',
    '/.well-known/security.txt',
    '/',
  ]);
  assert.deepEqual(await found(), []);
  await traffic('shop.example.com', ['/health/dump', '/metrics', '/actuator/env', '/status/users/#']);
  assert.deepEqual(await found(), [
    'shadow GET /actuator/env',
    'shadow GET /health/dump',
    'shadow GET /metrics',
    'shadow GET /status/users/{userId}',
  ]);
});

test('no ghosts: a proxy that adds a prefix or takes one; ghosts below the prefix stay', async () => {
  await publish('1', [shop]);
  await traffic('shop.example.com', [...called.map((path) => `/gateway/shop${path}`), '/gateway/shop/admin/users']);
  assert.deepEqual(await found(), ['shadow GET /gateway/shop/admin/users']);
});

test('no ghosts: a CDN, a second gateway, a new name in front; ghosts: what is behind it and not documented, and other APIs', async () => {
  await publish('1', [shop]);
  await traffic('shop.example.com', called);
  for (const host of ['d111111abcdef8.cloudfront.net', 'gateway-2.example.com', 'shop-neu.example.at', '10.0.0.7'])
    await traffic(host, called);
  assert.deepEqual(await found(), []);
  await traffic('gateway-2.example.com', ['/internal/dump', '/orders/#/secrets']);
  assert.deepEqual(await found(), ['shadow GET /internal/dump', 'shadow GET /orders/{orderId}/secrets']);
  // Another API has one name in common with it.
  await traffic('hr.example.com', ['/people', '/people/#', '/people/#/salary', '/orders']);
  assert.equal((await found()).filter((one) => /people/.test(one)).length, 3);
});

test('no ghosts: the 404s of scanners; a ghost: what they were answered', async () => {
  await publish('1', [shop]);
  const file = join(folder, 'scanner.log');
  const asked = [
    '/.env',
    '/.git/config',
    '/wp-login.php',
    '/admin',
    '/api/v1/users',
    '/actuator/env',
    '/..%2f..%2fetc/passwd',
  ];
  const lines = asked.flatMap((path, n) =>
    [404, 400, 403, 301].map((status) =>
      JSON.stringify({
        time: new Date(now).toISOString(),
        method: 'GET',
        path: status === 301 ? '/favicon.ico' : path,
        status: n % 2 === 0 && status === 403 ? 405 : status,
        host: 'shop.example.com',
      }),
    ),
  );
  writeFileSync(file, lines.join('\n'));
  await importTraffic(store, file, { environment: 'production', format: 'json' });
  assert.deepEqual(await found(), []);
  await traffic('shop.example.com', ['/.env']);
  assert.deepEqual(await found(), ['shadow GET /.env']);
});
