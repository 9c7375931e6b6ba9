// The mission's example with real processes: a staging deployment with a mock identity provider and production's database.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { createKey, findGhosts, openStore, serveRegistry, type Store } from '@castellan/registry';
import pg from 'pg';
import { startPostgres } from '../real/postgres.ts';

interface App {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

async function startApp(t: TestContext, variables: Readonly<Record<string, string>>): Promise<App> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=@castellan/source', join(import.meta.dirname, 'app.ts')],
    { env: { PATH: process.env['PATH'], ...variables }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  t.after(stop);
  if (child.stdout === null) throw new TypeError('no output');
  const lines = createInterface(child.stdout);
  const port = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    once(child, 'exit').then(() => Promise.reject(new Error('the service did not start'))),
  ]);
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** An identity provider that would give anybody a token. */
async function startMockProvider(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    const issuer = `http://${request.headers.host}`;
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [] } : { issuer, jwks_uri: `${issuer}/jwks` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Waits for what two heartbeats must have brought at the latest. */
async function eventually(store: Store, wanted: (kinds: readonly string[]) => boolean): Promise<readonly string[]> {
  let found: readonly string[] = [];
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    found = (await findGhosts(store)).ghosts.map(({ kind, environment }) => `${kind} ${environment}`);
    if (wanted(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return found;
}

test(
  'staging with a mock identity provider on the production database is found, and said to be unwatched',
  { timeout: 240_000 },
  async (t) => {
    const postgres = await startPostgres(t);
    if (postgres === undefined) return t.skip('PostgreSQL is not on this machine');
    const database = (name: string): string => postgres.url.replace(/postgres$/, name);
    const admin = new pg.Client({ connectionString: postgres.url });
    await admin.connect();
    for (const name of ['orders', 'orders_qa']) {
      await admin.query(`create database ${name}`);
      const client = new pg.Client({ connectionString: database(name) });
      await client.connect();
      await client.query('create table orders (id integer)');
      await client.end();
    }
    await admin.end();
    const folder = mkdtempSync(join(tmpdir(), 'castellan-ghosts-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const store = await openStore({ url: 'memory:' });
    t.after(() => store.close());
    const registry = await serveRegistry(store, { port: 0 });
    t.after(() => registry.close());
    const mock = await startMockProvider(t);
    const { key } = await createKey(store, { name: 'orders', role: 'guard', api: 'orders' });
    const common = { REGISTRY: registry.url, REGISTRY_KEY: key };
    const production = await startApp(t, {
      ...common,
      ENVIRONMENT: 'production',
      ISSUER: 'https://login.orders-shop.eu',
      DATABASE_URL: database('orders'),
      AUDIT: join(folder, 'production.jsonl'),
    });
    // The honest neighbour: a mock as well, and data of its own on the same server.
    await startApp(t, {
      ...common,
      ENVIRONMENT: 'qa',
      ISSUER: mock,
      DATABASE_URL: database('orders_qa'),
      AUDIT: join(folder, 'qa.jsonl'),
    });
    const staging = await startApp(t, {
      ...common,
      ENVIRONMENT: 'staging',
      ISSUER: mock,
      DATABASE_URL: database('orders'),
    });
    for (const { url } of [production, staging]) {
      assert.equal((await fetch(`${url}/health`)).status, 204);
      assert.equal((await fetch(`${url}/orders`)).status, 401);
      assert.equal((await fetch(`${url}/internal/dump`)).status, 404);
    }
    const found = await eventually(store, (kinds) => kinds.includes('ghost-path staging'));
    assert.deepEqual(
      found.filter((one) => !one.startsWith('orphan')),
      ['ghost-path staging', 'unwatched staging'],
    );
    const [ghost] = (await findGhosts(store)).ghosts;
    assert.deepEqual(
      [ghost?.severity, ghost?.subject, ghost?.evidence],
      [
        'critical',
        'orders-staging',
        [
          'it is connected to the same postgres as orders-production in production',
          `its identity provider ${new URL(mock).host} (login) is a mock or a development issuer`,
        ],
      ],
    );
    // What was seen until then is sent at the end, and nothing that is secret was ever kept.
    await staging.stop();
    await production.stop();
    const seen = await store.db.selectFrom('sightings').selectAll().where('source', '=', 'guard').execute();
    assert.deepEqual(
      seen
        .map(
          ({ environment, method, template, documented, hits }) =>
            `${environment} ${method} ${template} ${documented} ${hits}`,
        )
        .filter((one) => one.includes('/health'))
        .toSorted(),
      ['production GET /health true 1', 'staging GET /health true 1'],
    );
    const kept = JSON.stringify(await store.db.selectFrom('deployments').selectAll().execute());
    assert.equal(kept.includes('unleash') || kept.includes(new URL(postgres.url).port), false);
  },
);
