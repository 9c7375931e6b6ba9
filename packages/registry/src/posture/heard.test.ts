// Real guards report to a real registry: what they enforce is read from their plans, and becomes evidence.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { importDocuments } from '../inventory/import-documents.ts';
import { createKey } from '../server/access/keys.ts';
import { serveRegistry, type RegistryServer } from '../server/serve.ts';
import { openStore, type Store } from '../store/open.ts';
import { silence } from './evidence.ts';
import { importEvidence } from './import-evidence.ts';
import { readOverview, refreshScores } from './overview.ts';
import { postureOutputSchema } from './schema.ts';
import { postureReport, type PostureReport } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-heard-'));
const contract = join(folder, 'orders.json');
const object = { type: 'object', properties: { id: { type: 'string' }, email: { type: 'string' } } };
const ok = { 200: { description: '', content: { 'application/json': { schema: object } } } };
const document = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1', contact: { name: 'team-orders', email: 'o@example.com' } },
  'x-castellan': { profile: 'bank' },
  security: [{ key: [] }],
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
  paths: {
    '/orders/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: { operationId: 'getOrder', 'x-castellan': { resource: { type: 'Order', id: 'path.id' } }, responses: ok },
    },
    '/orders': {
      post: {
        operationId: 'createOrder',
        requestBody: { content: { 'application/json': { schema: object } } },
        responses: ok,
      },
    },
  },
};

const secret = 'Zm9yIHRoZSB0ZXN0cyBvZiB3aGF0IGlzIGhlYXJk';
let now = Date.UTC(2026, 10, 29, 12);
let store: Store;
let server: RegistryServer;
let key = '';
before(async () => {
  writeFileSync(contract, JSON.stringify(document));
  store = await openStore({ url: 'memory:', clock: () => now });
  server = await serveRegistry(store, { port: 0 });
  await importDocuments(store, [{ source: contract }], { cwd: folder });
  key = (await createKey(store, { name: 'orders', role: 'guard', api: 'orders' })).key;
});
after(async () => {
  await server.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

/** Runs a guard until it has told everything. */
async function reported(name: string, options: Partial<GuardOptions> = {}): Promise<void> {
  const guard = await createGuard({
    contract,
    authentication: { key: { keys: [{ key: secret, subject: 'ada' }] } },
    clock: () => now,
    registry: { url: server.url, key, name },
    environment: 'production',
    audit: { file: join(folder, `${name}.jsonl`) },
    ...options,
  } as GuardOptions);
  await guard.end();
}

const stateOf = ({ environments }: PostureReport, control: string, operation = ''): string =>
  environments[0]?.evidence.find((one) => one.control === control && one.operation === operation)?.state ?? 'none';

test('a guard in mode enforce: what its plans hold is enforced, with its name and time', async () => {
  await reported('orders-1');
  const report = await postureReport(store, 'orders', {});
  const [production] = report.environments;
  assert.deepEqual(
    production?.guards.map(({ name, current, says }) => [name, current, says]),
    [['orders-1', true, true]],
  );
  for (const [control, operation, state] of [
    ['authentication', 'getOrder', 'enforced'],
    ['authentication', 'createOrder', 'enforced'],
    ['rate-limit', 'getOrder', 'enforced'],
    ['input-validation', 'createOrder', 'enforced'],
    ['audit', '', 'enforced'],
    // Declared, and nobody gave the guard policies.
    ['object-authorization', 'getOrder', 'declared'],
    ['classification', '', 'missing'],
  ] as const)
    assert.equal(stateOf(report, control, operation), state, `${control} ${operation}`);
  const cell = production?.evidence.find(({ control }) => control === 'rate-limit');
  assert.deepEqual(cell?.enforced, { at: new Date(now).toISOString(), source: 'guard orders-1' });
  assert.equal(
    report.next.some(({ id }) => id === 'enforce'),
    false,
  );
  assert.ok(
    report.next.some(({ id, remediation }) => id === 'enforce-object-authorization' && /policies/.test(remediation)),
  );
});

test('a second guard of the environment that only observes takes it back; when it is silent long enough, it counts no more', async () => {
  await reported('orders-2', { mode: 'observe' });
  const both = await postureReport(store, 'orders', {});
  assert.equal(stateOf(both, 'authentication', 'getOrder'), 'declared');
  assert.match(both.next.find(({ id }) => id === 'enforce')?.remediation ?? '', /mode: enforce for guard orders-2/);
  now += silence + 1;
  const silent = await postureReport(store, 'orders', {});
  assert.equal(stateOf(silent, 'authentication', 'getOrder'), 'declared');
  assert.match(silent.next.find(({ id }) => id === 'enforce')?.remediation ?? '', /was last heard/);
  await reported('orders-1');
  assert.equal(stateOf(await postureReport(store, 'orders', {}), 'authentication', 'getOrder'), 'enforced');
});

test('what enforces the same is kept once, and a digest that somebody makes up changes nothing', async () => {
  const rows = await store.db.selectFrom('enforcements').selectAll().execute();
  assert.equal(rows.length, 2);
  const { digest } = rows[0] ?? { digest: '' };
  const response = await fetch(`${server.url}/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-castellan-key': key },
    body: JSON.stringify({
      id: 'made-up-report-0001',
      time: now,
      heartbeat: {
        name: 'liar',
        instance: 'instance-9',
        environment: 'staging',
        contract: 'abcdef012345',
        mode: 'enforce',
        audit: true,
        versions: {},
        identities: [],
        resources: [],
        controls: digest,
      },
      controls: [{ mode: 'enforce', controls: ['rate-limit'], operations: ['getOrder'] }],
      sightings: [],
      consumers: [],
    }),
  });
  assert.deepEqual([response.status, ((await response.json()) as { wanted: unknown }).wanted], [200, []]);
  const after = await store.db.selectFrom('enforcements').selectAll().where('digest', '=', digest).execute();
  assert.deepEqual(after, [rows[0]]);
});

test('proofs are imported, policies look at their age, and the overview has the score of the day', async () => {
  const file = join(folder, 'evidence.json');
  const record = {
    api: 'Orders',
    control: 'object-authorization',
    level: 'proven',
    at: new Date(now).toISOString(),
    source: 'a test',
  };
  writeFileSync(
    file,
    JSON.stringify({
      version: 1,
      records: [
        { ...record, operation: 'getOrder', environment: 'production' },
        { ...record, operation: 'getOrders' },
        { ...record, api: 'Order' },
        { ...record, control: 'rate-limit', level: 'enforced' },
      ],
    }),
  );
  const imported = await importEvidence(store, file, folder);
  assert.deepEqual(
    { ...imported, unknown: imported.unknown.length },
    { source: file, proofs: 1, older: 0, claims: 1, unknown: 2 },
  );
  assert.match(imported.unknown.join(), /did you mean getOrder\?.*did you mean orders\?/);
  assert.equal((await importEvidence(store, file, folder)).older, 1);
  assert.equal(stateOf(await postureReport(store, 'orders', {}), 'object-authorization', 'getOrder'), 'proven');

  const policy = {
    name: 'api1',
    apis: { profiles: ['bank'] },
    asks: ['API1'],
    within: 86_400,
    environments: ['production'],
  } as const;
  const unmet = async (entry: Parameters<typeof refreshScores>[1]): Promise<string[]> =>
    (await refreshScores(store, entry)).judgement.violations
      .filter(({ exception }) => exception === undefined)
      .map(({ operation, control }) => `${operation} ${control}`);
  assert.deepEqual(await unmet({ policies: [policy] }), ['getOrder existence-secret']);
  const exception = {
    policy: 'api1',
    api: 'orders',
    operations: ['getOrder'],
    owner: 'ada',
    reason: 'r',
    until: '2026-11-30',
  };
  assert.deepEqual(await unmet({ policies: [policy], exceptions: [exception] }), []);
  now += 2 * 86_400_000;
  assert.deepEqual(await unmet({ policies: [policy], exceptions: [exception] }), [
    'getOrder object-authorization',
    'getOrder existence-secret',
  ]);
  const { lines } = await readOverview(store);
  const [line] = lines;
  assert.deepEqual([line?.api, line?.environment, line?.unmet], ['orders', 'production', ['api1']]);
  assert.ok((line?.score ?? 100) < (line?.earlier ?? 0), JSON.stringify(line));
});

test('the same over HTTP, for those who may read', async () => {
  const reader = (await createKey(store, { name: 'r', role: 'viewer' })).key;
  const get = async (path: string, as = reader): Promise<{ status: number; body: Record<string, never> }> => {
    const response = await fetch(server.url + path, { headers: { 'x-castellan-key': as } });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const one = await get('/apis/orders/posture');
  assert.equal(one.status, 200, JSON.stringify(one.body));
  assert.equal(one.body['api'], 'orders');
  assert.equal((await get('/apis/order/posture')).status, 404);
  assert.equal((await get('/posture')).status, 200);
  assert.equal((await get('/posture/next?limit=2')).status, 200);
  assert.equal((await get('/standards')).status, 200);
  for (const path of ['/apis/orders/posture', '/posture', '/posture/next', '/standards'])
    // Of one that it may not see nobody learns whether it is there.
    assert.equal((await get(path, key)).status, path.startsWith('/apis/') ? 404 : 403, path);
});

test('the schema of what is printed is the one that the registry answers by', () => {
  const written = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../../schemas/posture-output.json'), 'utf8'),
  ) as object;
  assert.deepEqual(written, postureOutputSchema());
});
