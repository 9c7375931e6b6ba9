// promise: teams-apart
// Whatever somebody of one team sends, at whatever place the API of another team is named: nothing of that API changes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isWhole, orders, places, some, taken, valueOf } from '../../test/sent-values.ts';
import { openStore, type Store } from '../store/open.ts';
import { createKey } from './access/keys.ts';
import { serveRegistry, type RegistryServer } from './serve.ts';

const now = Date.UTC(2026, 10, 29, 12);
let store: Store;
let server: RegistryServer;
let administrator = '';
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => now });
  server = await serveRegistry(store, { port: 0 });
  administrator = server.administratorKey ?? '';
  for (const [owner, title] of [
    ['team-a', 'Alpha'],
    ['team-b', 'Orders'],
  ] as const)
    assert.equal(
      (await send('POST', '/documents', { source: title, document: orders.replace('Orders', title), owner })).status,
      200,
    );
});
after(async () => {
  await server.close();
  await store.close();
});

async function send(method: string, path: string, body?: unknown, key = administrator) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      'x-castellan-key': key,
      'cache-control': 'no-cache',
      ...(method === 'PATCH' || method === 'DELETE' ? { 'if-match': '*' } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** All that the store has of the API. */
async function kept(): Promise<string> {
  const parts = [
    'apis',
    'contracts',
    'operations',
    'deployments',
    'sightings',
    'traffic',
    'consumers',
    'evidence',
    'guards',
  ] as const;
  const rows = await Promise.all(
    parts.map((table) =>
      store.db
        .selectFrom(table as 'traffic')
        .selectAll()
        .where((table === 'apis' ? 'id' : 'api') as 'api', '=', 'orders')
        .orderBy((table === 'apis' ? 'id' : 'api') as 'api')
        .execute(),
    ),
  );
  return JSON.stringify(Object.fromEntries(rows.map((one, index) => [parts[index], one])));
}

/** How the other API is written. */
const written = ['orders', 'Orders', ' orders ', 'ord\0ers', 'ORDERS', '*', '', 'guard:key:production:orders-1'];

for (const role of ['owner', 'developer', 'guard', ...(isWhole ? (['viewer', 'security'] as const) : [])] as const)
  test(`a key of the role ${role} changes nothing of what belongs to another team`, async () => {
    const { key } = await createKey(store, {
      name: role,
      role,
      ...(role === 'guard' ? { api: 'alpha' } : role === 'owner' || role === 'developer' ? { teams: ['team-a'] } : {}),
    });
    const before = await kept();
    let count = 0;
    for (const { path, schema } of taken) {
      // Who approves, and whom callers are, is not of one team.
      if (path === '/contacts' || (role === 'security' && path.endsWith('/approvals'))) continue;
      for (const [place, inner] of places(schema)) {
        if (inner['type'] === 'number') continue;
        for (const name of place.endsWith('/api') ? written : some(written)) {
          const swap = new Map<string, unknown>([[place, name]]);
          if (path === '/reports' || path === '/events')
            swap.set('/id', `teams-${role}-${String(count++).padStart(10, '0')}`);
          // Of an API of one's own, with the other one named elsewhere.
          if (!place.endsWith('/api'))
            for (const [other] of places(schema)) if (other.endsWith('/api')) swap.set(other, 'alpha');
          const { status, text } = await send('POST', path, valueOf(schema, '', swap), key);
          assert.ok(status < 500, text);
        }
      }
    }
    await send('PATCH', '/apis/orders', { owner: 'team-a' }, key);
    await send('DELETE', '/apis/orders', undefined, key);
    assert.equal(await kept(), before);
  });

// promise: heartbeats-from-guards
test('only a guard says what a guard enforces: an import is no heartbeat, however it is written', async () => {
  const { key } = await createKey(store, { name: 'ci', role: 'developer', teams: ['team-a'] });
  for (const [index, source] of ['heartbeat', 'heart\0beat', '\0heartbeat'].entries()) {
    const deployment = {
      id: `fake-${index}`,
      api: 'alpha',
      environment: 'production',
      name: 'fake',
      source,
      place: 'x',
      audit: true,
      mode: 'enforce',
    };
    for (const who of [key, administrator])
      assert.equal((await send('POST', '/deployments/import', { deployments: [deployment] }, who)).status, 200);
  }
  const rows = await store.db.selectFrom('deployments').select('source').where('name', '=', 'fake').execute();
  assert.deepEqual(new Set(rows.map(({ source }) => source)), new Set(['import']));
});

test('a template is corrected for hosts and paths of one team’s own APIs, or of nobody’s', async () => {
  const { key } = await createKey(store, { name: 'dev', role: 'developer', teams: ['team-a'] });
  const { key: guard } = await createKey(store, { name: 'orders', role: 'guard', api: 'orders' });
  const report = taken.find(({ path }) => path === '/reports');
  assert.ok(report);
  for (const [index, template] of ['/admin/users', '/admin/keys'].entries()) {
    const swap = new Map<string, unknown>([
      ['/id', `templates-${String(index).padStart(10, '0')}`],
      ['/sightings/0/template', template],
      ['/sightings/0/documented', false],
    ]);
    assert.equal((await send('POST', '/reports', valueOf(report.schema, '', swap), guard)).status, 200);
  }
  const { key: viewer } = await createKey(store, { name: 'viewer', role: 'viewer' });
  assert.equal((await send('POST', '/templates', { template: '/people/{name}' }, viewer)).status, 403);
  const before = await kept();
  for (const body of [{ template: '/admin/{any}' }, { host: 'orders.example.com', template: '/{a}/{b}' }])
    assert.equal((await send('POST', '/templates', body, key)).status, 403, JSON.stringify(body));
  assert.equal(await kept(), before);
  assert.equal(
    (await send('POST', '/templates', { host: 'other.example.com', template: '/people/{name}' }, key)).status,
    200,
  );
  assert.equal((await send('POST', '/templates', { template: '/people/{name}' }, key)).status, 200);
  assert.equal((await send('POST', '/templates', { template: '/admin/{any}' })).status, 200);
});
