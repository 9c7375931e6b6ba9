import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loadContract, type Operation } from '@castellan/contract';
import { recordSent } from '../../inventory/record-sent.ts';
import { recordDeployment } from '../../inventory/record-deployment.ts';
import { openStore, type Store } from '../../store/open.ts';
import { registryDocument } from '../document/index.ts';
import { serveRegistry, type RegistryServer } from '../serve.ts';
import { createKey } from './keys.ts';
import { roles, type Role } from './roles.ts';

const now = Date.UTC(2026, 10, 29, 12);
/** The registry's clock: whoever tries keys has to wait. */
let clock = now;
let store: Store;
let server: RegistryServer;
/** Keys by who has them; `guard` and `owner` are of orders and its team. */
const keys = new Map<string, string>();
/** An API of the caller's team, one of another team, one of nobody, one that there is not. */
const apis = ['orders', 'payments', 'strays', 'nothing'] as const;
type Api = (typeof apis)[number];
const owners: Readonly<Record<Api, string | undefined>> = {
  orders: 'team-orders',
  payments: 'team-payments',
  strays: undefined,
  nothing: undefined,
};
const digests = new Map<string, string>();
const guardKeys = new Map<string, string>();

const documentOf = (title: string): string =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title, version: '1' },
    servers: [{ url: `https://${title}.example.com` }],
    paths: { [`/${title}`]: { get: { operationId: `list-${title}`, responses: { 200: { description: 'All.' } } } } },
  });

before(async () => {
  store = await openStore({ url: 'memory:', clock: () => clock });
  server = await serveRegistry(store, { port: 0 });
  for (const api of ['orders', 'payments', 'strays'] as const) {
    const owner = owners[api];
    const one = await recordSent(store, { source: `${api}.json`, document: documentOf(api), api }, async () => owner);
    assert.ok(one.outcome === 'imported', JSON.stringify(one));
    digests.set(api, one.digest);
    // Each is a ghost.
    await recordDeployment(store, {
      id: `unwatched-${api}`,
      api,
      environment: 'test',
      name: api,
      source: 'castellan',
      place: 'castellan.yaml',
      audit: false,
    });
    const tally = { name: api, count: 1 };
    const incident = {
      title: `Something at ${api}`,
      owasp: [],
      detectors: [],
      detections: [],
      end: now,
      requests: 1,
      principals: [tally],
      addresses: [],
      operations: [],
      refused: [],
      gotOut: { answers: 0, objects: 0, records: 0, bytes: 0, sensitive: {} },
      text: `Something at ${api}`,
    };
    await store.db
      .insertInto('incidents')
      .values({
        id: `incident-${api}`,
        api,
        severity: 'low',
        status: 'open',
        start: new Date(now),
        updated: new Date(now),
        incident: JSON.stringify({ ...incident, id: `incident-${api}`, severity: 'low', status: 'open', start: now }),
      })
      .execute();
    const guard = await createKey(store, { name: api, role: 'guard', api });
    guardKeys.set(api, guard.id);
    if (api === 'orders') keys.set('guard', guard.key);
  }
  for (const role of roles) {
    if (role === 'guard') continue;
    const teams = role === 'owner' || role === 'developer' ? ['team-orders'] : [];
    keys.set(role, (await createKey(store, { name: role, role, teams })).key);
  }
  const revoked = await createKey(store, { name: 'revoked', role: 'administrator' });
  await store.db
    .updateTable('guards')
    .set({ revoked: new Date(now) })
    .where('id', '=', revoked.id)
    .execute();
  keys.set('revoked', revoked.key);
  keys.set('wrong', `castellan_${'x'.repeat(43)}`);
});
after(async () => {
  await server.close();
  await store.close();
});

interface Asked {
  readonly path: string;
  readonly body?: object;
}

const counts = {
  hits: 1,
  ok: 1,
  redirected: 0,
  refused: 0,
  failed: 0,
  bytesIn: 0,
  bytesOut: 0,
  duration: 1,
  first: now,
  last: now,
};

/** A request of each operation that is whole and changes nothing of an API: changes come without If-Match. */
function requestOf({ operationId, path }: Operation, api: Api): Asked {
  const place = path
    .replace('{api}', api)
    .replace('{digest}', digests.get(api) ?? `sha256:${'0'.repeat(64)}`)
    .replace('{incident}', `incident-${api}`)
    .replace('{key}', guardKeys.get(api) ?? 'key_nothing');
  const bodies: Readonly<Record<string, object>> = {
    changeApi: { description: 'x' },
    importDocument: { source: `${api}.json`, document: documentOf(api), api },
    importDeployments: {
      deployments: [{ id: `d-${api}`, api, environment: 'test', name: api, source: 'compose', place: 'compose.yaml' }],
    },
    importSightings: {
      environment: 'test',
      source: 'har',
      sightings: [{ api, host: '', method: 'GET', template: `/${api}`, documented: true, day: '2026-11-29', counts }],
    },
    correctTemplate: { template: '/things/{name}' },
    importEvidence: {
      source: 'evidence.json',
      records: [{ api, control: 'rate-limit', level: 'proven', at: '2026-11-01T00:00:00Z', source: 'a test' }],
    },
    // It is published already: nothing comes of it.
    changeLifecycle: { to: 'published', reason: 'because' },
    approveLifecycle: { to: 'deprecated', reason: 'looked at' },
    nameConsumer: { principal: 'abcdefgh12345678', name: 'somebody' },
    createKey: { name: 'made', role: 'guard', api },
    sendEvents: {
      id: `events-of-${api}-000000`,
      events: [{ time: now, method: 'GET', template: `/${api}`, status: 200, address: '203.0.113.9' }],
    },
    dismissIncident: { reason: 'a test' },
    report: {
      id: `report-of-${api}-0000000000`,
      time: now,
      heartbeat: {
        name: 'reporting',
        instance: 'instance-1',
        environment: 'production',
        contract: 'abcdef012345',
        mode: 'enforce',
        audit: true,
        versions: {},
        identities: [],
        resources: [],
      },
      sightings: [],
      consumers: [],
    },
  };
  const body = bodies[operationId];
  return { path: place, ...(body === undefined ? {} : { body }) };
}

/** What must be so, said once more and apart from the policies. */
function mayDo(who: Role, operation: Operation, api: Api): boolean {
  const [tag] = operation.tags;
  const own = owners[api] === 'team-orders';
  const { operationId, path } = operation;
  // Lists are open to whoever sees some of them; what they hold is asked below.
  const isList = !path.includes('{');
  switch (tag) {
    case 'public':
      return true;
    case 'self':
      return true;
    case 'guards':
      return who === 'guard';
    default:
      if (who === 'guard') return false;
      if (who === 'administrator') return true;
      if (tag === 'read') return who !== 'owner' || isList || own;
      if (tag === 'change') return who === 'owner' && own;
      if (tag === 'oversight') return who === 'security';
      if (tag === 'administration') return false;
      if (tag === 'keys') return who === 'owner' && (operationId === 'createKey' ? own : isList || own);
      if (operationId === 'nameConsumer') return who === 'developer' || who === 'owner' || who === 'security';
      if (operationId === 'approveLifecycle') return who === 'security';
      if (operationId === 'correctTemplate') return who === 'developer' || who === 'owner';
      // Of what an owner may not see nothing is known, and nothing of it is kept.
      if (operationId === 'importEvidence' && who === 'owner') return true;
      // Who imports a new one, imports it for their team.
      const isNew = (operationId === 'importDocument' || operationId === 'importEvidence') && api === 'nothing';
      return (who === 'developer' || who === 'owner') && (own || isNew);
  }
}

async function ask(method: string, { path, body }: Asked, key: string | undefined) {
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
  return { status: response.status, text: await response.text() };
}

/** All that a request could change. */
async function everything(): Promise<string> {
  const tables = [
    'apis',
    'contracts',
    'deployments',
    'sightings',
    'templates',
    'guards',
    'consumers',
    'batches',
    'evidence',
    'lifecycles',
    'approvals',
    'contacts',
  ] as const;
  const rows = await Promise.all(tables.map((table) => store.db.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows.map((one) => one.map((row) => JSON.stringify(row)).toSorted()));
}

test('every operation, every role, own and other APIs: what may be done is done, and nothing else', async () => {
  const { operations } = await loadContract(registryDocument('/'));
  assert.ok(operations.length > 20);
  let refused = 0;
  for (const operation of operations)
    for (const api of apis) {
      const method = operation.method.toUpperCase();
      const request = requestOf(operation, api);
      const callers = [...roles, 'revoked', 'wrong', 'nobody'] as const;
      const isRole = (who: string): who is Role => roles.some((role) => role === who);
      const may = (who: string): boolean => (isRole(who) ? mayDo(who, operation, api) : operation.tags[0] === 'public');
      const before = await everything();
      for (const who of callers.filter((one) => !may(one))) {
        refused += 1;
        if (!isRole(who)) clock += 3_600_000;
        const { status, text } = await ask(method, request, keys.get(who));
        // Of an object that a path names, nobody learns whether it is there.
        const expected = !isRole(who) ? [401] : operation.path.includes('{') ? [404] : [403];
        assert.ok(expected.includes(status), `${method} ${request.path} by ${who}: ${status} ${text}`);
      }
      assert.equal(await everything(), before, `${method} ${request.path}`);
      for (const who of callers.filter(may)) {
        const { status, text } = await ask(method, request, keys.get(who));
        const expected = api === 'nothing' ? [200, 201, 403, 404] : [200, 201, 428];
        assert.ok(expected.includes(status), `${method} ${request.path} by ${who}: ${status} ${text}`);
        if (operation.operationId === 'importDocument' && api === 'nothing')
          await store.db.deleteFrom('apis').where('id', '=', api).execute();
      }
    }
  assert.ok(refused > 400, String(refused));
});

// promise: registry-tells-no-names
test('what there is not and what the caller may not see are answered alike, wherever a request names it', async () => {
  const { operations } = await loadContract(registryDocument('/'));
  let compared = 0;
  for (const operation of operations)
    for (const who of roles) {
      // An import makes what there is not; that an API is somebody's it cannot hide.
      if (operation.operationId === 'importDocument' || who === 'developer' || mayDo(who, operation, 'payments'))
        continue;
      const method = operation.method.toUpperCase();
      const answers: string[] = [];
      for (const api of ['payments', 'strays', 'nothing'] as const) {
        const { path, body } = requestOf(operation, api);
        const { status, text } = await ask(method, { path, ...(body === undefined ? {} : { body }) }, keys.get(who));
        const names = [
          path,
          encodeURIComponent(path),
          guardKeys.get(api) ?? 'key_nothing',
          digests.get(api) ?? 'none',
          `'${api}'`,
        ];
        const bare = names.reduce((left, name) => left.replaceAll(name, ''), text);
        answers.push(`${status} ${bare.replace(/"requestId":"[^"]*"/, '')}`);
      }
      compared += 1;
      assert.equal(new Set(answers).size, 1, `${method} ${operation.path} by ${who}: ${answers.join('\n')}`);
    }
  assert.ok(compared > 60, String(compared));
});

test('evidence of what an owner may not see is of nothing known, and no name of it is told', async () => {
  for (const api of ['payments', 'Payments', 'payment', 'strays', 'stray', 'nothing']) {
    const body = {
      source: 'e.json',
      records: [{ api, control: 'rate-limit', level: 'proven', at: '2026-11-01T00:00:00Z', source: 't' }],
    };
    const { status, text } = await ask('POST', { path: '/evidence', body }, keys.get('owner'));
    assert.equal(status, 200, text);
    const { unknown, proofs } = JSON.parse(text) as { unknown: string[]; proofs: number };
    assert.deepEqual([unknown, proofs], [[`there is no API '${api}'`], 0]);
  }
});

test('lists and exports hold what the caller may see, whole pages of it', async () => {
  const seen = async (path: string, who: string): Promise<string> => {
    const { status, text } = await ask('GET', { path }, keys.get(who));
    assert.equal(status, 200, `${path} by ${who}: ${text}`);
    return text;
  };
  for (const path of [
    '/apis',
    '/deployments',
    '/ghosts',
    '/posture',
    '/posture/next',
    '/incidents',
    '/keys',
    '/export',
    '/export?format=csv',
    '/export?format=cyclonedx',
  ]) {
    const all = await seen(path, 'administrator');
    assert.match(all, /payments/, path);
    const own = await seen(path, 'owner');
    assert.match(own, /orders/, path);
    assert.doesNotMatch(own, /payments|strays/, path);
  }
  const first = JSON.parse(await seen('/apis?limit=1', 'owner')) as { apis: { id: string }[]; next: string | null };
  assert.deepEqual([first.apis.map(({ id }) => id), first.next], [['orders'], null]);
});

test('the key of a guard speaks of its API alone, whatever it says', async () => {
  const other = await createKey(store, { name: 'payments', role: 'guard', api: 'payments' });
  const operation = (await loadContract(registryDocument('/'))).operations.find((one) => one.operationId === 'report');
  assert.ok(operation !== undefined);
  const sighting = { method: 'GET', template: '/x', documented: true, day: '2026-11-29', ...counts };
  const report = requestOf(operation, 'payments').body as { heartbeat: object };
  await ask(
    'POST',
    { path: '/reports', body: { ...report, id: 'honest-report-000000', sightings: [sighting] } },
    other.key,
  );
  const ofPayments = async (): Promise<string> =>
    JSON.stringify([
      await store.db.selectFrom('deployments').selectAll().where('api', '=', 'payments').orderBy('id').execute(),
      await store.db.selectFrom('sightings').selectAll().where('api', '=', 'payments').execute(),
      await store.db.selectFrom('consumers').selectAll().where('api', '=', 'payments').execute(),
    ]);
  const before = await ofPayments();
  let n = 0;
  for (const name of ['payments', `guard:${other.id}:production:payments`, '../payments', 'payments\0', 'PAYMENTS'])
    for (const environment of ['production', 'payments', `production:payments`])
      for (const id of ['honest-report-000000', `${other.id}-0000000000000000`]) {
        const heartbeat = { ...report.heartbeat, name, environment };
        const consumers = [{ operation: 'list-payments', principal: 'x', credential: 'y', hits: 1, last: now }];
        const body = { ...report, id: `${id.slice(0, 40)}${n++}`, heartbeat, sightings: [sighting], consumers };
        const { status } = await ask('POST', { path: '/reports', body }, keys.get('guard'));
        assert.ok(status === 200 || status === 400, `${name} ${environment}: ${status}`);
      }
  assert.ok(n > 20);
  assert.equal(await ofPayments(), before);
});
