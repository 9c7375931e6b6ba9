import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkContract, contractRules } from '@castellan/assess/posture';
import { loadContract } from '@castellan/contract';
import type { GuardEvent } from '@castellan/guard';
import fc from 'fast-check';
import { importDocuments } from '../inventory/import-documents.ts';
import { openStore, type Store } from '../store/open.ts';
import { registryDocument } from './document/index.ts';
import { createKey } from './access/keys.ts';
import { RefusedKeys } from './access/refused-keys.ts';
import { takeReport, type Report } from './reports.ts';
import { serveRegistry, type RegistryServer } from './serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-registry-'));
let now = Date.UTC(2026, 10, 29, 12);
let store: Store;
let server: RegistryServer;
let administrator = '';
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => now });
  server = await serveRegistry(store, { port: 0 });
  administrator = server.administratorKey ?? '';
});
after(async () => {
  await server.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

interface Answered {
  readonly apis: readonly { readonly id: string }[];
  readonly next: string | null;
  readonly deployments: readonly { readonly api: string }[];
  readonly ghosts: readonly { readonly kind: string }[];
  readonly all: number;
  readonly linkset: readonly { readonly anchor: string }[];
  readonly info: { readonly title: string };
  readonly key: string;
  readonly fingerprintKey: string;
}

async function ask(
  method: string,
  path: string,
  key?: string,
  body?: object,
): Promise<{ status: number; body: Answered }> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      // Ghosts of now, however busy the machine is.
      'cache-control': 'no-cache',
      ...(key === undefined ? {} : { 'x-castellan-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Answered };
}

const report = (
  id: string,
  more: { name?: string; instance?: string; time?: number; hits?: number; environment?: string } = {},
): object => ({
  id: id.padEnd(16, '0'),
  time: more.time ?? now,
  heartbeat: {
    name: more.name ?? 'orders-1',
    instance: more.instance ?? 'instance-1',
    environment: more.environment ?? 'production',
    contract: 'abcdef012345',
    mode: 'enforce',
    audit: true,
    versions: { node: '24' },
    identities: [{ fingerprint: 'f', scheme: 'oauth', kind: 'issuer', provider: 'login.example.com' }],
    resources: [{ fingerprint: 'r', kind: 'postgres' }],
  },
  sightings: [
    {
      method: 'GET',
      template: '/orders',
      documented: true,
      day: new Date(more.time ?? now).toISOString().slice(0, 10),
      hits: more.hits ?? 2,
      ok: 2,
      redirected: 0,
      refused: 0,
      failed: 0,
      bytesIn: 0,
      bytesOut: 10,
      duration: 3,
      first: more.time ?? now,
      last: more.time ?? now,
    },
  ],
  consumers: [{ operation: 'listOrders', principal: 'hash', credential: 'bearer', hits: 2, last: now }],
});

const rows = async (): Promise<string[]> =>
  (await store.db.selectFrom('sightings').selectAll().orderBy('api').execute()).map(
    ({ api, environment, template, day, hits }) => `${api} ${environment} ${template} ${day} ${hits}`,
  );
const journal = async (kind: string): Promise<string[]> =>
  (await store.db.selectFrom('journal').selectAll().where('kind', '=', kind).orderBy('id').execute()).map(
    ({ detail }) => detail,
  );

// promise: registry-needs-keys
test('its own document has no finding, and everything but catalog and document needs a key', async () => {
  const contract = await loadContract(registryDocument('https://registry.example.com'));
  assert.deepEqual(checkContract(contract, { now, rules: contractRules }), []);
  assert.equal((await ask('GET', '/openapi.json')).body.info.title, 'Castellan registry');
  assert.equal((await ask('GET', '/.well-known/api-catalog')).status, 200);
  for (const path of ['/apis', '/ghosts', '/deployments', '/apis?limit=9999'])
    assert.equal((await ask('GET', path)).status, 401, path);
  assert.equal((await ask('GET', '/apis', `castellan_${'x'.repeat(43)}`)).status, 401);
  // Each place once an hour, however often somebody tries.
  // It is written beside the answer.
  let refused: readonly string[] = [];
  for (let looks = 0; looks < 500 && refused.length < 4; looks++) refused = await journal('key-refused');
  assert.equal(refused.length, 4, refused.join());
  for (let n = 0; n < 5; n++) await ask('GET', '/apis');
  assert.deepEqual(await journal('key-refused'), refused);
  assert.equal(await serveRegistryKey(), undefined);
});

/** A second start gives no administrator's key. */
async function serveRegistryKey(): Promise<string | undefined> {
  const second = await serveRegistry(store, { port: 0 });
  await second.close();
  return second.administratorKey;
}

test('roles: who reads cannot write, who reports reads nothing', async () => {
  const viewer = (await ask('POST', '/keys', administrator, { name: 'ada', role: 'viewer' })).body.key;
  const guard = (await ask('POST', '/keys', administrator, { name: 'g', role: 'guard', api: 'Orders' })).body
    .key as string;
  for (const [key, get, keys, reports] of [
    [administrator, 200, 201, 403],
    [viewer, 200, 403, 403],
    [guard, 403, 403, 200],
  ] as const) {
    assert.equal((await ask('GET', '/apis', key)).status, get);
    assert.equal((await ask('GET', '/ghosts', key)).status, get);
    assert.equal((await ask('POST', '/keys', key, { name: 'x', role: 'viewer' })).status, keys);
    assert.equal((await ask('POST', '/reports', key, report('roles'))).status, reports);
  }
  await store.db.deleteFrom('sightings').execute();
});

// promise: reports-once
test('a report is counted once, for the API of its key, however often it comes', async () => {
  const [orders, payments] = [
    await createKey(store, { name: 'a', role: 'guard', api: 'orders' }),
    await createKey(store, { name: 'b', role: 'guard', api: 'payments' }),
  ];
  const sent = report('once');
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask('POST', '/reports', orders.key, sent)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  // The id of somebody else's report keeps nobody's out.
  await ask('POST', '/reports', payments.key, sent);
  assert.deepEqual(await rows(), [
    'orders production /orders 2026-11-29 2',
    'payments production /orders 2026-11-29 2',
  ]);
  const { deployments } = (await ask('GET', '/deployments', administrator)).body;
  assert.deepEqual(deployments.map(({ api }) => api).toSorted(), ['orders', 'orders', 'payments']);
  assert.equal(new Set(answers.map(({ body }) => body.fingerprintKey)).size, 1);
  assert.equal((await ask('POST', '/reports', orders.key, { ...sent, api: 'payments' })).status, 400);
  await store.db.deleteFrom('sightings').execute();
});

// promise: clocks-corrected
test('a clock that is off is put right and told of; so are two guards of one name', async () => {
  const { key } = await createKey(store, { name: 'c', role: 'guard', api: 'clocks' });
  await ask('POST', '/reports', key, report('skew', { time: now - 3 * 86_400_000, instance: 'instance-a' }));
  assert.deepEqual(await rows(), ['clocks production /orders 2026-11-29 2']);
  assert.deepEqual(await journal('clock-skew'), ['its clock is off by 259200 s']);
  await ask('POST', '/reports', key, report('skew-on', { time: now - 3 * 86_400_000 + 5_000, instance: 'instance-a' }));
  assert.equal((await journal('clock-skew')).length, 1);
  await ask('POST', '/reports', key, report('near', { time: now - 5_000, instance: 'instance-a' }));
  assert.equal((await journal('clock-skew')).length, 1);
  await ask('POST', '/reports', key, report('twin', { instance: 'instance-b' }));
  assert.equal((await journal('same-name')).length, 1);
  // A restart is another instance, later.
  now += 60_000;
  await ask('POST', '/reports', key, report('restart', { instance: 'instance-c' }));
  assert.equal((await journal('same-name')).length, 1);
});

// promise: same-name-apart
test('instances of one name, however they start, change, stop and report: what each says is listed, and each request is counted', async () => {
  const step = fc.record({
    instance: fc.nat(2),
    does: fc.constantFrom('report', 'report', 'change', 'restart', 'stop'),
    wait: fc.constantFrom(0, 1_000, 10_000, 40_000),
    says: fc.nat(2),
  });
  const runs = fc.sample(fc.array(step, { minLength: 4, maxLength: 14 }), { seed: 18, numRuns: 8 });
  for (const [run, steps] of runs.entries()) {
    const { id } = await createKey(store, { name: 'twins', role: 'guard', api: `twins-${run}` });
    const running = new Map<number, { life: number; says: number }>();
    let [sent, life] = [0, 0];
    const reporting = async (instance: number): Promise<void> => {
      const { life: of, says } = running.get(instance) ?? { life: (life += 1), says: instance };
      running.set(instance, { life: of, says });
      const made = report(`twin-${run}-${String((sent += 1)).padStart(9, '0')}`, {
        instance: `instance-${instance}-${of}`,
        hits: 1,
      }) as Report;
      const heartbeat = {
        ...made.heartbeat,
        contract: `contract${says}`,
        resources: [{ fingerprint: `r${says}`, kind: 'postgres' }],
      };
      await takeReport(store, id, { ...made, heartbeat });
    };
    for (const { instance, does, wait, says } of steps) {
      now += wait;
      if (does === 'stop') running.delete(instance);
      else if (does === 'change') running.set(instance, { life: running.get(instance)?.life ?? (life += 1), says });
      else if (does === 'restart') running.set(instance, { life: (life += 1), says });
      if (does !== 'stop') await reporting(instance);
    }
    if (running.size === 0) await reporting(0);
    // Who does not run any more has said nothing for a while.
    for (let round = 0; round < 5; round++, now += 10_000)
      for (const instance of running.keys()) await reporting(instance);
    const listed = await store.db.selectFrom('deployments').selectAll().where('api', '=', `twins-${run}`).execute();
    const alive = listed.filter(({ last_seen }) => now - last_seen.getTime() <= 30_000);
    const said = new Set([...running.values()].map(({ says }) => `contract${says} r${says}`));
    const shown = new Set(alive.map(({ digest, resources }) => `${digest} ${resources[0]?.fingerprint}`));
    assert.deepEqual(shown, said, JSON.stringify(steps));
    assert.ok(alive.length <= running.size);
    const counted = await store.db.selectFrom('sightings').select('hits').where('api', '=', `twins-${run}`).execute();
    assert.equal(
      counted.reduce((sum, { hits }) => sum + hits, 0),
      sent,
    );
  }
  assert.match(
    (await journal('same-name')).join('\n'),
    /differ \((?:contract, )?connections\): each is listed by itself|differ \(contract, connections\)/,
  );
  await store.db.deleteFrom('sightings').execute();
});

test('refused keys are written down once an hour for each address and place, however many there are and at once', async () => {
  const refusals = fc.sample(
    fc.record({
      ip: fc.ipV6(),
      template: fc.constantFrom('/reports', '/apis', undefined),
      type: fc.constantFrom('unauthenticated', 'forbidden', 'rate-limited'),
    }),
    { seed: 18, numRuns: 400 },
  );
  const eventOf = ({ ip, template, type }: (typeof refusals)[number]): GuardEvent =>
    ({
      src_endpoint: { ip },
      unmapped: { castellan: { template, refused: { stage: 'authenticate', type, reason: 'revoked' } } },
    }) as unknown as GuardEvent;
  const before = (await journal('key-refused')).length;
  const refused = new RefusedKeys(store, 50);
  const told = refusals.flatMap((one) => [one, one, one]).map((one) => refused.add(eventOf(one)));
  await Promise.all(told);
  const entries = (await journal('key-refused')).slice(before);
  assert.equal(entries.length, 51);
  assert.equal(entries.filter((entry) => entry.includes('see the audit log')).length, 1);
  now += 3_600_000;
  await refused.add(eventOf({ ip: '192.0.2.1', template: '/reports', type: 'unauthenticated' }));
  assert.equal((await journal('key-refused')).at(-1), 'unauthenticated (revoked) /reports');
});

test('no clock, ahead or behind, makes an API look used for ever, or a report be sent for ever', async () => {
  const { key } = await createKey(store, { name: 'd', role: 'guard', api: 'far' });
  const times = [0, now - 400 * 86_400_000, now - 61_000, now + 61_000, now + 400 * 86_400_000, 8.64e15];
  for (const [n, time] of times.entries()) {
    const sent = report(`far-${n}`, { time, instance: 'instance-f' }) as {
      sightings: { day: string; first: number; last: number }[];
    };
    for (const one of sent.sightings) Object.assign(one, { day: '2099-99-99', first: time, last: time });
    assert.equal((await ask('POST', '/reports', key, sent)).status, 200, String(time));
  }
  // What no calendar has is no time.
  assert.equal((await ask('POST', '/reports', key, { ...report('far-none'), time: 9e15 })).status, 400);
  const kept = await store.db.selectFrom('sightings').selectAll().where('api', '=', 'far').execute();
  assert.deepEqual(
    kept.map(({ day, hits, last_seen }) => [day, Number(hits), last_seen.getTime() <= now]),
    [['2026-11-29', 2 * times.length, true]],
  );
});

test('lists come in pages, with what was imported', async () => {
  for (const title of ['Alpha', 'Beta', 'Gamma']) {
    writeFileSync(
      join(folder, `${title}.json`),
      JSON.stringify({
        openapi: '3.1.0',
        info: { title, version: '1' },
        servers: [{ url: `https://${title}.example.com` }],
        paths: {},
      }),
    );
    await importDocuments(store, [{ source: `${title}.json` }], { cwd: folder });
  }
  const first = (await ask('GET', '/apis?limit=2', administrator)).body;
  assert.deepEqual(
    first.apis.map(({ id }) => id),
    ['alpha', 'beta'],
  );
  const second = (await ask('GET', `/apis?limit=2&after=${first.next}`, administrator)).body;
  assert.deepEqual([second.apis.map(({ id }) => id), second.next], [['gamma'], null]);
  const { ghosts, all } = (await ask('GET', '/ghosts?limit=1', administrator)).body;
  assert.deepEqual([ghosts.length, ghosts[0]?.kind, all], [1, 'orphan', 3]);
  const catalog = (await ask('GET', '/.well-known/api-catalog')).body;
  assert.equal(catalog.linkset[0]?.anchor, `${server.url}/.well-known/api-catalog`);
});
