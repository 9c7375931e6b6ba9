// What castellan inventory does with a store, it does with a registry over HTTP, word for word.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-inventory-registry-'));
after(() => rmSync(folder, { recursive: true }));

async function castellan(cwd: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  let [out, err] = ['', ''];
  const status = await run(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd,
    env,
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

/** A registry as the command starts it; `stop` ends it. */
async function serve(cwd: string, ...args: readonly string[]) {
  const stop = new AbortController();
  let out = '';
  const page = Promise.withResolvers<void>();
  const ended = run(['serve', '--port', '0', ...args], {
    out(text) {
      out += text;
      page.resolve();
    },
    err: (text) => void (out += text),
    interactive: false,
    cwd,
    env: {},
    signal: stop.signal,
  });
  await Promise.race([page.promise, ended]);
  const url = /registry (http:\S+),/.exec(out)?.[1] ?? '';
  const key = /export KEY=(\S+)/.exec(out)?.[1] ?? '';
  return {
    url,
    key,
    async stop() {
      stop.abort();
      assert.equal(await ended, 0);
    },
  };
}

const files: Readonly<Record<string, string>> = {
  'orders/openapi.yaml': `openapi: 3.1.0
info: { title: Orders, version: '2.1', contact: { name: team-orders } }
servers: [{ url: 'https://api.example.com/orders' }]
paths:
  /orders/{orderId}:
    parameters: [{ name: orderId, in: path, required: true, schema: { $ref: '../shared/id.yaml#/Id' } }]
    get: { operationId: getOrder, responses: { '200': { description: '' } } }
    delete: { operationId: deleteOrder, deprecated: true, responses: { '204': { description: '' } } }
`,
  'shared/id.yaml': 'Id: { type: string, maxLength: 40 }\n',
  'orders/owner.overlay.yaml': `overlay: 1.0.0
info: { title: Owner, version: '1' }
actions: [{ target: '$', update: { x-castellan: { owner: team-overlay } } }]
`,
  'broken/openapi.yaml': 'openapi: 3.1.0\ninfo: { title: Broken\npaths: [\n',
  'dangling/openapi.yaml': `openapi: 3.1.0
info: { title: Dangling, version: '1' }
paths: { /x: { $ref: './nothing.yaml' } }
`,
  'castellan.yaml': `apis:
  - { name: shop-orders, contract: ./orders/openapi.yaml, overlays: [./orders/owner.overlay.yaml], environment: production, mode: enforce }
  - { name: shop-orders-staging, contract: ./orders/openapi.yaml, environment: staging, mode: observe }
`,
  'compose.yaml': `services:
  api: { image: 'node:24', environment: { DATABASE_URL: 'postgres://app:secret@db/orders' } }
  db: { image: 'postgres:17' }
`,
  'catalog/catalog-info.yaml': `apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: payments }
spec:
  owner: team-payments
  definition: |
    openapi: 3.0.3
    info: { title: Payments API, version: '1' }
    paths: { /payments: { get: { responses: { '200': { description: '' } } } } }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: ledger }
spec: { owner: team-ledger, definition: { $text: ./ledger.yaml } }
`,
  'catalog/ledger.yaml': `openapi: 3.1.0
info: { title: Ledger, version: '1' }
paths: { /entries: { get: { responses: { '200': { description: '' } } } } }
`,
};

function fill(cwd: string): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  const line = (host: string, method: string, path: string, status: number): string =>
    `${host} 198.51.100.7 - - [29/Nov/2026:10:00:00 +0000] "${method} ${path} HTTP/1.1" ${status} 120 "-" "x"`;
  const lines = Array.from({ length: 40 }, (_, n) => [
    line('api.example.com', 'GET', `/orders/orders/${n}`, 200),
    line('api.example.com', 'GET', `/internal/dump/${n * 7919}`, 200),
    line('elsewhere.example.com', 'GET', `/people/${'abcdefghij'[n % 10]}${n}/cards`, 200),
  ]).flat();
  writeFileSync(join(cwd, 'access.log'), `${lines.join('\n')}\nthis is no request\n`);
}

/** What differs from run to run. */
const timeless = (text: string): string =>
  text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'URL');

const steps: readonly (readonly string[])[] = [
  ['list'],
  ['import', '.'],
  ['import', '.', '--json'],
  ['import', 'access.log', '--environment', 'production', '--json'],
  ['list'],
  ['list', '--json'],
  ['list', '--json', '--limit', '2', '--after', 'dangling'],
  ['list', '--environment', 'staging', '--json'],
  ['show', 'shop-orders'],
  ['show', 'shop-orders', '--json'],
  ['show', 'shop-ordres'],
  ['ghosts', '--fail-on', 'never'],
  ['ghosts', '--json'],
  ['template', '/people/{person}/cards', '--json'],
  ['template', 'people'],
  ['ghosts', '--json'],
  ['export'],
  ['export', '--format', 'cyclonedx'],
];

test('every subcommand says the same of a store, of a registry, and beside a registry that has the store open', async () => {
  const [local, remote, beside] = ['local', 'remote', 'beside'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const cwd of [local, remote, beside]) fill(cwd);
  const far = await serve(remote, '--store', 'memory:');
  const near = await serve(beside);
  try {
    const { mode } = statSync(join(beside, '.castellan/registry/serving.json'));
    assert.equal(mode & 0o077, 0, 'whoever may not read the store may not read its key');
    for (const step of steps) {
      const expected = await castellan(local, {}, 'inventory', ...step);
      const over = await castellan(
        remote,
        { CASTELLAN_REGISTRY: far.url, CASTELLAN_REGISTRY_KEY: far.key },
        'inventory',
        ...step,
      );
      const along = await castellan(beside, {}, 'inventory', ...step);
      for (const [how, one] of [
        ['over HTTP', over],
        ['beside', along],
      ] as const) {
        assert.equal(one.status, expected.status, `${step.join(' ')} ${how}: ${one.err}`);
        assert.equal(timeless(one.out), timeless(expected.out), `${step.join(' ')} ${how}`);
      }
    }
  } finally {
    await far.stop();
    await near.stop();
  }
  // The store is the command's own again.
  assert.throws(() => readFileSync(join(beside, '.castellan/registry/serving.json')), { code: 'ENOENT' });
  assert.equal((await castellan(beside, {}, 'inventory', 'list')).status, 0);
});

test('what is wrong with the registry is one line with what to do', async () => {
  const cwd = join(folder, 'wrong');
  mkdirSync(cwd);
  const registry = await serve(cwd, '--store', 'memory:');
  const key = 'castellan_of-nobody';
  try {
    for (const [args, env, message] of [
      [['--registry', registry.url], {}, /there is no key for http:.*CASTELLAN_REGISTRY_KEY/],
      [
        ['--registry', registry.url],
        { CASTELLAN_REGISTRY_KEY: key },
        /answered 401.*put a good key into CASTELLAN_REGISTRY_KEY/,
      ],
      [
        ['--registry', 'http://127.0.0.1:1'],
        { CASTELLAN_REGISTRY_KEY: key },
        /does not answer \(\S+\).*castellan serve/,
      ],
      [
        ['--registry', registry.url, '--store', 'memory:'],
        { CASTELLAN_REGISTRY_KEY: key },
        /--store stands beside --registry/,
      ],
      ...[
        'http://registry.example.com',
        'http://127.0.0.1.example.com',
        'http://127.example.com',
        'ftp://127.0.0.1',
        'registry',
      ].map(
        (url) =>
          [['--registry', url], { CASTELLAN_REGISTRY_KEY: key }, /no address that a key is sent to.*https/] as const,
      ),
    ] as const) {
      const { status, out, err } = await castellan(cwd, env, 'inventory', 'list', ...args);
      assert.deepEqual([status, out], [2, ''], args.join(' '));
      assert.match(err, message);
      assert.equal(err.trim().split('\n').length, 1);
      assert.ok(!err.includes(key), 'no message shows a key');
    }
  } finally {
    await registry.stop();
  }
});
