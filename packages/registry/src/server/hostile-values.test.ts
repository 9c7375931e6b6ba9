// What is sent to the registry is hostile at every place that its document has: nothing of it is an error of the server, and
// nothing that was taken in makes what others read fail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { openStore, type Store } from '../store/open.ts';
import { createKey } from './access/keys.ts';
import { document, isWhole, orders, places, read, some, taken, valueOf } from '../../test/sent-values.ts';
import { serveRegistry, type RegistryServer } from './serve.ts';

const now = Date.UTC(2026, 10, 29, 12);
let store: Store;
let server: RegistryServer;
let administrator = '';
let guard = '';
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => now });
  server = await serveRegistry(store, { port: 0 });
  administrator = server.administratorKey ?? '';
  const sent = await send('POST', '/documents', { source: 'orders.json', document: orders });
  assert.equal(sent.status, 200, sent.text);
  ({ key: guard } = await createKey(store, { name: 'orders', role: 'guard', api: 'orders' }));
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
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

test('a body is as large as the document says at most: more is a problem, as much is read', async () => {
  for (const { path, schema, byGuard, maxBody } of taken) {
    const text = JSON.stringify(valueOf(schema, '', new Map()));
    const post = async (length: number): Promise<Response> =>
      fetch(server.url + path, {
        method: 'POST',
        headers: { 'x-castellan-key': byGuard ? guard : administrator, 'content-type': 'application/json' },
        body: text.padStart(length),
      });
    // Beyond what a framework takes by default; all of it where there is time.
    const fits = await post(isWhole ? maxBody : Math.min(maxBody, 1_200_000));
    assert.ok(fits.status !== 413 && fits.status < 500, `POST ${path}: ${fits.status} ${await fits.text()}`);
    if (!isWhole && maxBody > 5_000_000 && path !== '/documents') continue;
    const larger = await post(maxBody + 1);
    assert.equal(larger.status, 413, `${path}: ${await larger.clone().text()}`);
    assert.equal(larger.headers.get('content-type'), 'application/problem+json', path);
    await larger.arrayBuffer();
  }
});

const texts = [
  'a\0b',
  '\u001B[2J\u202E\n|x|',
  '=1+1',
  '<script>alert(1)</script>',
  '9999-12-31',
  '2026-99-99',
  '0000-01-01',
  '__proto__',
];
const numbers = [0, 0.5, 1.5, 8_640_000_000_000_001, Number.MAX_SAFE_INTEGER];

/** What everybody reads. */
async function assertReadable(what: string, paths: readonly string[] = read): Promise<void> {
  for (const path of paths) {
    const { status, text } = await send('GET', path);
    assert.ok(status < 500, `GET ${path} is ${status} after ${what}: ${text.slice(0, 200)}`);
  }
}

for (const { path, schema, byGuard } of taken)
  test(`POST ${path}: a hostile value at any place is no error of the server, now or when something is read`, async () => {
    let count = 0;
    const key = byGuard ? guard : administrator;
    const plain = await send('POST', path, valueOf(schema, '', new Map()), key);
    assert.ok(plain.status < 500, plain.text);
    for (const [place, inner] of places(schema))
      for (const hostile of some<unknown>(inner['type'] === 'number' ? numbers : texts)) {
        const swap = new Map<string, unknown>([[place, hostile]]);
        // Each report is another one.
        if (byGuard && place !== '/id') swap.set('/id', `hostile-${String(count++).padStart(10, '0')}`);
        const { status, text } = await send('POST', path, valueOf(schema, '', swap), key);
        assert.ok(status < 500, `POST ${path} with ${JSON.stringify(hostile)} at ${place} is ${status}: ${text}`);
      }
    if (isWhole) await assertReadable(path);
  });

// promise: registry-stays-readable
test('counts that a stolen key makes as large as they can be stop at what every reader can hold', async () => {
  const swap = new Map<string, unknown>(
    ['hits', 'ok', 'redirected', 'bytesOut'].map((name) => [`/sightings/0/${name}`, Number.MAX_SAFE_INTEGER]),
  );
  const report = taken.find(({ path }) => path === '/reports');
  assert.ok(report);
  for (const id of ['largest-0000000001', 'largest-0000000002', 'largest-0000000003'])
    for (const template of ['/orders', '/other'])
      assert.equal(
        (
          await send(
            'POST',
            '/reports',
            valueOf(
              report.schema,
              '',
              new Map([...swap, ['/id', id + template.slice(1)], ['/sightings/0/template', template]]),
            ),
            guard,
          )
        ).status,
        200,
      );
  await assertReadable('the largest counts');
  const { text } = await send('GET', '/apis/orders');
  assert.equal((JSON.parse(text) as { requests: number }).requests, Number.MAX_SAFE_INTEGER);
});

test('what is seen is never seen in the future', async () => {
  const { last } = await store.db
    .selectFrom('traffic')
    .select((one) => one.fn.max('last_seen').as('last'))
    .executeTakeFirstOrThrow();
  assert.ok(last.getTime() <= now + 86_400_000);
});

test('a hostile value in any parameter is no error of the server', async () => {
  for (const [path, item] of Object.entries(document.paths)) {
    if (item['get'] === undefined || path === '/backup') continue;
    const named = (item['get'] as { parameters?: readonly { readonly in: string; readonly name: string }[] })
      .parameters;
    const names = (named ?? []).flatMap((one) => (one.in === 'query' ? [one.name] : []));
    for (const hostile of some(texts)) {
      const value = encodeURIComponent(hostile);
      const inPath = path.replaceAll(/\{[^}]+\}/g, value);
      for (const target of [inPath, ...names.map((name) => `${path.replace('{api}', 'orders')}?${name}=${value}`)]) {
        const { status, text } = await send('GET', target);
        assert.ok(status < 500, `GET ${target} is ${status}: ${text}`);
      }
    }
  }
});

test('however many there are of each, lists can be read: what one key adds keeps nobody else from them', async () => {
  const numbered = sql.raw('generate_series(1, 10100) as n');
  const at = new Date(now);
  await sql`insert into environments (name, production) select 'e' || n, false from ${numbered}`.execute(store.db);
  await sql`insert into templates (host, pattern, template) select '', n || '/*', '/t' || n || '/{x}' from ${numbered}`.execute(
    store.db,
  );
  await sql`insert into unreadable (source, digest, reason, seen) select 's' || n, 'd', 'r', ${at} from ${numbered}`.execute(
    store.db,
  );
  await sql`insert into deployments (id, api, environment, name, source, place, audit, versions, identities, resources, first_seen, last_seen)
    select 'many-' || n, 'orders', 'e' || n % 1100, 'd' || n, 'import', 'p', true, '{}', '[]', '[]', ${at}, ${at} from ${numbered}`.execute(
    store.db,
  );
  await assertReadable('ten thousand of each', isWhole ? read : ['/apis', '/apis/orders', '/inventory', '/templates']);
  const { text } = await send('GET', '/apis');
  const { apis } = JSON.parse(text) as { apis: { id: string; environments: string[] }[] };
  assert.equal(apis.find(({ id }) => id === 'orders')?.environments.length, 1_000);
});
