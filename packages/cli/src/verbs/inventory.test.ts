import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import { run } from '../run.ts';

const root = join(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'castellan-inventory-'));
after(() => rmSync(folder, { recursive: true }));
const schema = JSON.parse(readFileSync(join(root, 'schemas/inventory-output.json'), 'utf8')) as object;
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(schema);

async function inventory(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const status = await run(['inventory', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

async function json<T>(kind: string, ...args: readonly string[]): Promise<T> {
  const { out, err } = await inventory(...args, '--json');
  assert.equal(err, '');
  const value = JSON.parse(out) as T;
  const validate = ajv.getSchema(`urn:castellan:schema:inventory-output#/$defs/${kind}`);
  assert.ok(validate?.(value), JSON.stringify(validate?.errors));
  return value;
}

const files: Readonly<Record<string, string>> = {
  'orders/openapi.yaml': `openapi: 3.1.0
info: { title: Orders, version: '2.1', contact: { name: team-orders } }
servers: [{ url: 'https://api.example.com/orders' }]
externalDocs: { url: 'https://docs.example.com/orders' }
security: [{ token: [] }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /orders/{orderId}:
    parameters: [{ name: orderId, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getOrder
      responses: { '200': { description: '', content: { application/json: { schema: { type: object, properties: { email: { type: string } } } } } } }
    delete: { operationId: deleteOrder, deprecated: true, responses: { '204': { description: '' } } }
  /health:
    get: { operationId: health, security: [], responses: { '200': { description: '' } } }
`,
  'broken/openapi.yaml': 'openapi: 3.1.0\ninfo: { title: Broken\npaths: [\n',
  'swagger.json':
    '{"swagger":"2.0","info":{"title":"=cmd|calc","version":"1"},"paths":{"/x":{"get":{"responses":{"200":{"description":""}}}}}}',
  'castellan.yaml': `apis:
  - { name: shop-orders, contract: ./orders/openapi.yaml, environment: production, owner: team-shop, mode: enforce }
  - { name: shop-orders-staging, contract: ./orders/openapi.yaml, environment: staging, mode: observe }
audit: { dir: ./audit }
`,
  'compose.yaml': `services:
  api: { image: 'node:24', ports: ['8080:8080'], environment: { DATABASE_URL: 'postgres://app:secret@db/orders' } }
  db: { image: 'postgres:17' }
`,
  'catalog/catalog-info.yaml': `apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: payments }
spec:
  type: openapi
  lifecycle: production
  owner: team-payments
  definition: |
    openapi: 3.0.3
    info: { title: Payments API, version: '1' }
    paths: { /payments: { get: { responses: { '200': { description: '' } } } } }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: web }
`,
};

interface Listed {
  readonly unreadable: readonly { readonly source: string }[];
  readonly apis: readonly {
    readonly id: string;
    readonly owner: string | null;
    readonly environments: string[];
    readonly operations: number;
    readonly open: number;
  }[];
}

test('a folder is imported whole: documents, catalogs, deployments; what is broken is kept with the reason', async () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const imported = await json<{
    documents: { source: string; outcome: string; reason?: string }[];
    deployments: object;
  }>('import', 'import', '.');
  assert.deepEqual(imported.documents.map(({ source, outcome }) => [source, outcome]).toSorted(), [
    ['broken/openapi.yaml', 'unreadable'],
    ['catalog/catalog-info.yaml#payments', 'imported'],
    ['orders/openapi.yaml', 'imported'],
    ['swagger.json', 'imported'],
  ]);
  assert.match(
    imported.documents.find(({ outcome }) => outcome === 'unreadable')?.reason ?? '',
    /^broken\/openapi\.yaml:/,
  );
  assert.equal((await inventory('import', '.')).status, 1);
  const { apis, unreadable } = await json<Listed>('list', 'list');
  assert.deepEqual(
    unreadable.map(({ source }) => source),
    ['broken/openapi.yaml'],
  );
  const said = /1 document could not be read when last imported:\n  \d{4}-\d\d-\d\d broken\/openapi\.yaml:\d+:\d+: /;
  assert.match((await inventory('list')).out, said);
  assert.match((await inventory('show', 'broken/openapi.yaml')).out, said);
  await json('unread', 'show', 'broken/openapi.yaml');
  assert.deepEqual(
    apis.map(({ id, owner, environments, operations, open }) => [id, owner, environments, operations, open]),
    [
      ['cmd-calc', null, [], 1, 1],
      ['payments', 'team-payments', [], 1, 1],
      ['shop-orders', 'team-shop', ['production', 'staging'], 3, 1],
    ],
  );
});

test('filters and pages', async () => {
  const ids = async (...args: readonly string[]) =>
    (await json<Listed>('list', 'list', ...args)).apis.map(({ id }) => id);
  assert.deepEqual(await ids('--owner', 'team-shop'), ['shop-orders']);
  assert.deepEqual(await ids('--environment', 'staging'), ['shop-orders']);
  assert.deepEqual(await ids('--environment', 'moon'), []);
  assert.deepEqual(await ids('--limit', '1'), ['cmd-calc']);
  assert.deepEqual(await ids('--limit', '1', '--after', 'cmd-calc'), ['payments']);
});

test('one API: versions, deployments, operations with the classes of their data', async () => {
  writeFileSync(join(folder, 'orders/openapi.yaml'), (files['orders/openapi.yaml'] ?? '').replace("'2.1'", "'2.2'"));
  assert.equal((await inventory('import', 'castellan.yaml')).status, 0);
  const api = await json<{
    contracts: { version: string }[];
    deployments: { environment: string; mode: string; audit: boolean }[];
    operationList: { operation: string; state: string; gives: string[] }[];
    links: unknown;
  }>('show', 'show', 'shop-orders');
  assert.deepEqual(
    api.contracts.map(({ version }) => version),
    ['2.2', '2.1'],
  );
  assert.deepEqual(
    api.deployments.map(({ environment, mode, audit }) => [environment, mode, audit]),
    [
      ['production', 'enforce', true],
      ['staging', 'observe', true],
    ],
  );
  assert.deepEqual(
    api.operationList.map(({ operation, state, gives }) => [operation, state, gives]),
    [
      ['health', 'published', []],
      ['deleteOrder', 'deprecated', []],
      ['getOrder', 'published', ['contact']],
    ],
  );
  assert.deepEqual(api.links, [{ rel: 'service-doc', href: 'https://docs.example.com/orders' }]);
  const { status, err } = await inventory('show', 'shop-order');
  assert.deepEqual([status, err], [2, "castellan: the inventory has no API 'shop-order'; did you mean shop-orders?\n"]);
});

test('every format of the export', async () => {
  const out = async (format: string) => (await inventory('export', '--format', format)).out;
  await json('export', 'export');
  const catalog = JSON.parse(await out('api-catalog')) as { linkset: Record<string, unknown>[] };
  assert.deepEqual(catalog.linkset, [
    { anchor: '/.well-known/api-catalog', item: [{ href: 'https://api.example.com/orders' }] },
    { anchor: 'https://api.example.com/orders', 'service-doc': [{ href: 'https://docs.example.com/orders' }] },
  ]);
  const csv = (await out('csv')).trimEnd().split('\n');
  assert.equal(csv.length, 6);
  assert.ok(
    csv.some((line) => line.startsWith("cmd-calc,'=cmd|calc,")),
    csv.join('\n'),
  );
  assert.match(await out('markdown'), /\| \[Orders\]\(#shop-orders\) \| 2\.2 \| team-shop \| published \| 3 \| 1 \|/);
  const entities = parseAllDocuments(await out('backstage')).map(
    (one) => one.toJS() as { metadata: { name: string }; spec: { owner: string } },
  );
  assert.deepEqual(entities.map(({ metadata, spec }) => [metadata.name, spec.owner]).toSorted(), [
    ['cmd-calc', 'unknown'],
    ['payments', 'team-payments'],
    ['shop-orders', 'team-shop'],
  ]);
  const bill = JSON.parse(await out('cyclonedx')) as { bomFormat: string; services: { data: unknown }[] };
  assert.equal(bill.bomFormat, 'CycloneDX');
  assert.deepEqual(bill.services[2]?.data, [{ flow: 'outbound', classification: 'contact' }]);
});

test('a draft of what nothing documents, from sightings and from recordings', async () => {
  const log = Array.from(
    { length: 30 },
    (_, n) => `10.0.0.1 - - [29/Nov/2026:10:00:00 +0000] "GET /widgets/${n}/parts HTTP/1.1" 200 17 "-" "curl/8"`,
  );
  writeFileSync(join(folder, 'widgets.log'), `${log.join('\n')}\n`);
  const store = ['--store', 'file:drafts'];
  const empty = await inventory('draft', ...store);
  assert.equal(empty.status, 2);
  assert.match(empty.err, /no undocumented operation was seen.*import traffic first/);
  await inventory('import', 'widgets.log', ...store);
  const { status, out } = await inventory('draft', ...store);
  assert.equal(status, 0);
  assert.deepEqual(Object.keys((JSON.parse(out) as { paths: object }).paths), ['/widgets/{widgetId}/parts']);
  const entry = (host: string): object => ({
    request: { method: 'GET', url: `https://${host}/things/1` },
    response: { status: 200, content: { mimeType: 'application/json', text: '{"id":1}' } },
  });
  const har = (...hosts: readonly string[]): string => JSON.stringify({ log: { entries: hosts.map(entry) } });
  writeFileSync(join(folder, 'one.har'), har('a.example.com'));
  writeFileSync(join(folder, 'two.har'), har('a.example.com', 'b.example.com'));
  const written = await inventory('draft', 'one.har', '--out', 'draft.json');
  assert.match(written.out, /^draft\.json: 1 operations; read it, then castellan gateway --mode observe/);
  assert.match(readFileSync(join(folder, 'draft.json'), 'utf8'), /"\/things\/\{thingId\}"/);
  for (const [args, message] of [
    [['two.har'], /requests of 2 hosts.*--host a\.example\.com, --host b\.example\.com/],
    [['two.har', '--host', 'c.example.com'], /no request of c\.example\.com.*hosts are/],
    [['widgets.log'], /no HAR with requests: a log has no bodies.*inventory import widgets\.log/],
    [['missing.har'], /cannot be read \(ENOENT\)/],
  ] as const) {
    const { status: failed, err } = await inventory('draft', ...args);
    assert.equal(failed, 2);
    assert.match(err.trimEnd(), message);
    assert.equal(err.trimEnd().includes('\n'), false);
  }
});

test('bad usage is one line with the way out', async () => {
  for (const [args, message] of [
    [['lst'], /'lst' is no subcommand of inventory; did you mean list\?/],
    [[], /what is to be done\?; castellan inventory import\|list\|show/],
    [['list', '--envronment', 'x'], /did you mean --environment\?/],
    [['list', '--limit', '0'], /--limit 0 is no whole number from 1/],
    [['import'], /nothing to import is named/],
    [['import', 'swagger.json', 'orders/openapi.yaml', '--api', 'x'], /--api x names 2 documents/],
    [['export', '--format', 'cvs'], /did you mean csv\?/],
    [['list', '--store', 'redis://x'], /write file:\.castellan\/registry/],
  ] as const) {
    const { status, err } = await inventory(...args);
    assert.equal(status, 2, err);
    assert.match(err, message);
    assert.equal(err.trimEnd().includes('\n'), false);
  }
});
