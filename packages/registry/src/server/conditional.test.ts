import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recordSent } from '../inventory/record-sent.ts';
import { recordDeployment } from '../inventory/record-deployment.ts';
import { openStore, type Store } from '../store/open.ts';
import { createKey } from './access/keys.ts';
import { serveRegistry, type RegistryServer } from './serve.ts';

let clock = Date.UTC(2026, 10, 29, 12);
let store: Store;
let server: RegistryServer;
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => clock });
  server = await serveRegistry(store, { port: 0 });
});
after(async () => {
  await server.close();
  await store.close();
});

interface Answered {
  readonly status: number;
  readonly etag: string | null;
  readonly text: string;
}

async function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: object,
): Promise<Answered> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      // Ghosts of now, however busy the machine is.
      'cache-control': 'no-cache',
      'x-castellan-key': server.localKey,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, etag: response.headers.get('etag'), text: await response.text() };
}

const add = (id: string, owner: string | undefined = 'team'): Promise<unknown> =>
  recordSent(
    store,
    {
      source: `${id}.json`,
      document: JSON.stringify({
        openapi: '3.1.0',
        info: { title: id, version: '1' },
        paths: Object.fromEntries(
          ['a', 'b', 'c', 'd', 'e'].map((name) => [`/${name}`, { get: { responses: { 200: { description: '' } } } }]),
        ),
      }),
      api: id,
    },
    async () => (owner === '' ? undefined : owner),
  );

test('what was read is 304 until it changes, lists and single things alike', async () => {
  await add('first');
  await recordDeployment(store, {
    id: 'd1',
    api: 'first',
    environment: 'test',
    name: 'x',
    source: 'compose',
    place: 'c',
  });
  for (const path of [
    '/openapi.json',
    '/.well-known/api-catalog',
    '/me',
    '/apis',
    '/apis/first',
    '/apis/first/operations',
    '/deployments',
    '/keys',
    '/inventory',
    '/templates',
    '/export?format=csv',
    '/export',
  ]) {
    const { status, etag } = await ask('GET', path);
    assert.equal(status, 200, path);
    assert.match(etag ?? '', /^"[\w.-]+"$/, path);
    clock += 1_000;
    for (const field of [etag ?? '', `W/${etag}`, `"other", ${etag}`, '*'])
      assert.deepEqual([field, (await ask('GET', path, { 'if-none-match': field })).status], [field, 304], path);
    for (const field of ['"other"', (etag ?? '').slice(1, -1), ''])
      assert.deepEqual([field, (await ask('GET', path, { 'if-none-match': field })).status], [field, 200], path);
  }
  const before = await ask('GET', '/apis');
  await add('second');
  assert.equal((await ask('GET', '/apis', { 'if-none-match': before.etag ?? '' })).status, 200);
});

// promise: no-lost-updates
test('what changed in between is changed by nobody who has not read it', async () => {
  const { etag } = await ask('GET', '/apis/first');
  assert.equal((await ask('PATCH', '/apis/first', {}, { owner: 'a' })).status, 428);
  for (const field of ['"other"', `W/${etag}`, (etag ?? '').slice(1, -1), '"."', '"', `"${etag}"`])
    assert.equal((await ask('PATCH', '/apis/first', { 'if-match': field }, { owner: 'a' })).status, 412, field);
  const both = await Promise.all(
    ['a', 'b', 'c', 'd'].map((owner) => ask('PATCH', '/apis/first', { 'if-match': etag ?? '' }, { owner })),
  );
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);
  // Traffic is no change.
  const read = await ask('GET', '/apis/first');
  await store.db
    .updateTable('deployments')
    .set({ last_seen: new Date(clock + 5_000) })
    .execute();
  const now = await ask('GET', '/apis/first');
  assert.notEqual(now.etag, read.etag);
  assert.equal((await ask('PATCH', '/apis/first', { 'if-match': read.etag ?? '' }, { owner: 'last' })).status, 200);
  // What people said, no import says otherwise.
  await add('first', '');
  assert.equal((JSON.parse((await ask('GET', '/apis/first')).text) as { owner: string }).owner, 'last');
  const { id } = await createKey(store, { name: 'x', role: 'viewer' });
  const key = await ask('GET', `/keys/${id}`);
  assert.equal((await ask('DELETE', `/keys/${id}`)).status, 428);
  assert.equal((await ask('DELETE', `/keys/${id}`, { 'if-match': '"x.y"' })).status, 412);
  assert.equal((await ask('DELETE', `/keys/${id}`, { 'if-match': key.etag ?? '' })).status, 204);
  assert.equal((await ask('DELETE', '/apis/none', { 'if-match': '*' })).status, 404);
});

// promise: idempotent-once
test('one idempotency key does one thing, however often and at once it comes', async () => {
  const body = { name: 'robot', role: 'viewer' };
  const made = async (): Promise<number> =>
    (await store.db.selectFrom('guards').select('id').where('name', '=', 'robot').execute()).length;
  for (const key of ['key-12345678', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', '"quoted and spaced"']) {
    const before = await made();
    const all = await Promise.all(
      Array.from({ length: 8 }, () => ask('POST', '/keys', { 'idempotency-key': key }, body)),
    );
    assert.equal(await made(), before + 1, key);
    assert.ok(
      all.every(({ status }) => status === 201 || status === 409),
      key,
    );
    const again = await ask('POST', '/keys', { 'idempotency-key': key }, body);
    assert.deepEqual([again.status, again.text], [201, all.find(({ status }) => status === 201)?.text]);
    for (const other of [
      { ...body, name: 'other' },
      { ...body, role: 'security' },
    ])
      assert.equal((await ask('POST', '/keys', { 'idempotency-key': key }, other)).status, 422, key);
    // Of somebody else it is another key.
    const somebody = (await createKey(store, { name: 'admin', role: 'administrator' })).key;
    const theirs = await ask('POST', '/keys', { 'idempotency-key': key, 'x-castellan-key': somebody }, body);
    assert.equal(theirs.status, 201);
    assert.notEqual(theirs.text, again.text);
  }
  // The store has nothing that opens what was answered.
  const kept = JSON.stringify(await store.db.selectFrom('idempotency').selectAll().execute());
  assert.doesNotMatch(kept, /castellan_|robot/);
  // What failed may be tried again; after a day the key is free.
  const wrong = { name: 'x', role: 'guard' };
  assert.equal((await ask('POST', '/keys', { 'idempotency-key': 'failed-12345' }, wrong)).status, 422);
  assert.equal((await ask('POST', '/keys', { 'idempotency-key': 'failed-12345' }, body)).status, 201);
  clock += 25 * 3_600_000;
  const before = await made();
  assert.equal((await ask('POST', '/keys', { 'idempotency-key': 'key-12345678' }, body)).status, 201);
  assert.equal(await made(), before + 1);
  assert.equal((await ask('POST', '/keys', { 'idempotency-key': 'short' }, body)).status, 400);
});

// promise: pages-stay
test('pages of a list that changes meanwhile show once whatever stays', async () => {
  for (let n = 0; n < 12; n++) await add(`page-${String(n).padStart(2, '0')}`);
  for (const limit of [1, 2, 5, 200]) {
    const seen: string[] = [];
    const added: string[] = [];
    let next: string | null = '';
    for (let turn = 0; next !== null; turn++) {
      const { status, text } = await ask('GET', `/apis?limit=${limit}${next === '' ? '' : `&after=${next}`}`);
      assert.equal(status, 200, text);
      const page = JSON.parse(text) as { apis: { id: string }[]; next: string | null };
      assert.ok(page.apis.length <= limit);
      seen.push(...page.apis.map(({ id }) => id));
      ({ next } = page);
      // What comes and goes before the place where one is, moves nothing.
      if (turn === 1) {
        added.push(`aaa-${limit}`);
        await add(`aaa-${limit}`);
        await store.db
          .deleteFrom('apis')
          .where('id', '=', `aaa-${limit - 1}`)
          .execute();
      }
    }
    const stays = seen.filter((id) => id.startsWith('page-'));
    assert.deepEqual(
      stays,
      Array.from({ length: 12 }, (_, n) => `page-${String(n).padStart(2, '0')}`),
    );
    assert.equal(new Set(seen).size, seen.length);
  }
  for (const path of ['/apis', '/deployments', '/keys', '/ghosts', '/journal', '/apis/first/operations'])
    for (const after of [
      'x',
      'bm90LWEtY3Vyc29y',
      Buffer.from('[1,2,3,4,5,6]').toString('base64url'),
      Buffer.from('[{}]').toString('base64url'),
    ])
      assert.equal((await ask('GET', `${path}?after=${after}`)).status, 400, `${path} ${after}`);
  for (const path of ['/ghosts', '/journal', '/apis/first/operations', '/keys', '/deployments']) {
    const whole = await ask('GET', `${path}?limit=200`);
    const [name = ''] = Object.keys(JSON.parse(whole.text) as object);
    const all = (JSON.parse(whole.text) as Record<string, unknown[]>)[name] ?? [];
    const one: unknown[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { text } = await ask('GET', `${path}?limit=1${next === '' ? '' : `&after=${next}`}`);
      const page = JSON.parse(text) as Record<string, unknown[]> & { next: string | null };
      one.push(...(page[name] ?? []));
      ({ next } = page);
    }
    assert.deepEqual(one, all, path);
  }
});
