// What somebody types for posture and life cycle, and what comes of it: in a store, and through a registry that serves it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStore, serveRegistry } from '@castellan/registry';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-posture-'));
after(() => rmSync(folder, { recursive: true }));
const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../schemas/posture-output.json'), 'utf8'),
) as object;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(schema);

async function command(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let [out, err] = ['', ''];
  const status = await run([...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env,
    signal: new AbortController().signal,
  });
  return { status, out, err };
}
const inventory = (...args: readonly string[]) => command(['inventory', ...args]);

function valid<T>(kind: string, text: string): T {
  const value = JSON.parse(text) as T;
  const validate = ajv.getSchema(`urn:castellan:schema:posture-output#/$defs/${kind}`);
  assert.ok(validate?.(value), JSON.stringify(validate?.errors?.slice(0, 3)));
  return value;
}

before(async () => {
  mkdirSync(join(folder, 'policies'));
  mkdirSync(join(folder, 'scenarios'));
  const files = {
    'openapi.yaml': `openapi: 3.1.0
info: { title: Orders, version: '2.1' }
x-castellan: { profile: bank, owner: team-orders }
security: [{ token: [] }]
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Order:
      type: object
      x-castellan: { resource: Order, id: id }
      required: [id, owner]
      properties: { id: { type: string }, owner: { type: string }, email: { type: string } }
paths:
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getOrder
      x-castellan: { resource: { type: Order, id: path.id } }
      responses: { '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } } }
`,
    'policies/orders.cedar': `permit (principal == User::"ada", action == Action::"getOrder", resource is Order);
`,
    'scenarios/orders.yaml': `entities:
  - { uid: { type: Order, id: o1 }, attrs: { id: o1, owner: ada } }
action: Action::"getOrder"
resource: Order::"o1"
scenarios:
  - { name: own, principal: 'User::"ada"', expect: allow }
  - { name: of another, principal: 'User::"eve"', expect: deny }
`,
    'castellan.yaml': `apis: [{ name: orders, contract: ./openapi.yaml, environment: production, owner: team-orders }]
posture:
  policies:
    - { name: bank-api1, apis: { profiles: [bank] }, asks: [API1], level: declared }
    - { name: nobody, apis: { owners: [team-x] }, asks: [V8.2.2] }
`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  assert.equal((await inventory('import', 'openapi.yaml', 'castellan.yaml')).status, 0);
});

test('overview, one API, and what to do next, for people and for programs', async () => {
  const all = await inventory('posture');
  assert.equal(all.status, 1);
  assert.match(all.out, /orders +bank +published +\d+\.\d .*production .*bank-api1/);
  assert.match(all.out, /policy bank-api1: not met in 1 place \(1 API\)/);
  assert.match(all.out, /orders getOrder in production: existence-secret is missing: /);
  assert.match(all.out, /notice: policy nobody is about no API/);
  const made = valid<{ apis: { score: number; unmet: string[] }[] }>(
    'overview',
    (await inventory('posture', '--json')).out,
  );
  assert.deepEqual(made.apis[0]?.unmet, ['bank-api1']);
  const one = await inventory('posture', 'orders');
  assert.match(one.out, /production: \d+\.\d\d of 100; of \d+ controls 0 proven, 0 enforced/);
  assert.match(
    one.out,
    /−\d+\.\d\d {2}Each object is authorized \(object-authorization, API1:2023, ASVS V8\.2\.2, V8\.3\.1\)/,
  );
  const report = valid<{ environments: { score: number; lost: { points: number }[] }[] }>(
    'posture',
    (await inventory('posture', 'orders', '--json')).out,
  );
  const [production] = report.environments;
  const lost = production?.lost.reduce((sum, { points }) => sum + points, 0) ?? 0;
  assert.equal(Math.round(((production?.score ?? 0) + lost) * 100), 10_000);
  valid('next', (await inventory('next', '--json')).out);
  assert.match((await inventory('next', 'orders', '--limit', '1')).out, /^1\. .+\(\+\d+\.\d points, \w+\)\n {3}.+\n/);
});

test('scenarios of policies are evidence: what they prove is imported, and a policy that lets in is broken', async () => {
  const args = ['policy', 'test', 'scenarios', '--contract', 'openapi.yaml', '--evidence', 'evidence.json'];
  const tested = await command(args);
  assert.equal(tested.status, 0, tested.out + tested.err);
  const { records } = JSON.parse(readFileSync(join(folder, 'evidence.json'), 'utf8')) as {
    records: { control: string; level: string; operation: string }[];
  };
  assert.deepEqual(
    records.map(({ control, level, operation }) => `${operation} ${control} ${level}`),
    ['getOrder function-authorization proven', 'getOrder object-authorization proven'],
  );
  assert.match((await inventory('import', 'evidence.json')).out, /^evidence\.json: 2 proofs$/m);
  writeFileSync(join(folder, 'policies/orders.cedar'), 'permit (principal, action, resource);\n');
  assert.equal((await command(args)).status, 1);
  assert.match(readFileSync(join(folder, 'evidence.json'), 'utf8'), /"level": "broken"/);
  assert.equal((await inventory('import', 'evidence.json')).status, 0);
  assert.match((await inventory('posture', 'orders')).out, /1 BROKEN/);
  assert.match(
    (await inventory('next', 'orders', '--limit', '1')).out,
    /^1\. Close what was got past: Each object is authorized/,
  );
  const without = await command(['policy', 'test', 'scenarios', '--evidence', 'x.json']);
  assert.match(without.err, /write --contract openapi\.yaml/);
});

test('attested: by whom and until when; only what no guard enforces', async () => {
  const { out, status } = await inventory(
    'attest',
    'orders',
    '--control',
    'retention',
    '--reason',
    'looked at the job',
  );
  assert.equal(status, 0);
  assert.match(
    out,
    new RegExp(`^retention of orders is proven by ${userInfo().username} until \\d{4}-\\d\\d-\\d\\d\n$`),
  );
  assert.match(
    (await inventory('attest', 'orders', '--control', 'rate-limit', '--reason', 'x')).err,
    /is none of ownership/,
  );
});

test('the life cycle: refused with what to do, made with what is needed', async () => {
  const late = await inventory('lifecycle', 'orders', 'deprecated', '--reason', 'v2', '--sunset', '2000-01-01');
  assert.equal(late.status, 1);
  assert.match(late.out, /^orders stays published:\n {4}sunset: .+\n {6}remediation: write --sunset \d{4}-/);
  const made = await inventory(
    'lifecycle',
    'orders',
    'deprecated',
    '--reason',
    'v2',
    '--sunset',
    '2999-01-01',
    '--json',
  );
  assert.equal(made.status, 0);
  assert.equal((JSON.parse(made.out) as { standing: { state: string } }).standing.state, 'deprecated');
  assert.match((await inventory('lifecycle', 'orders')).out, /\(administrator\) made published → deprecated: v2/);
  assert.match((await inventory('list')).out, /orders .* deprecated/);
  assert.match((await inventory('consumers')).out, /^nobody called what is deprecated or ends in the last 30 days/);
});

test('bad usage is one line with the way out', async () => {
  for (const [args, message] of [
    [['posture', 'ordrs'], /no API 'ordrs'; did you mean orders\?/],
    [['posture', 'a', 'b'], /posture takes one API/],
    [['next', '--environment', 'prodction'], /did you mean production\?/],
    [['lifecycle', 'orders', 'retire', '--reason', 'x'], /did you mean retired\?/],
    [['lifecycle', 'orders', 'retired'], /nobody says why; write --reason/],
    [['lifecycle', 'orders', 'retired', '--reason', 'x', '--despite', 'no-consumrs'], /did you mean no-consumers\?/],
    [['lifecycle', 'orders', '--operation', 'getOrdr'], /did you mean getOrder\?/],
    [['lifecycle', 'orders', 'deprecated', '--reason', 'x', '--sunset', '2027-02-30'], /is no day; write --sunset/],
    [['lifecycle', 'orders', '--role', 'ownr'], /did you mean owner\?/],
    [
      ['approve', 'orders', 'retired', '--role', 'viewer', '--reason', 'x'],
      /viewer may not approve; ask security or administrator/,
    ],
    [['contact', 'abc'], /one caller and something about it/],
    [['attest', 'orders', '--control', 'retntion', '--reason', 'x'], /did you mean retention\?/],
  ] as const) {
    const { status, err } = await inventory(...args);
    assert.equal(status, 2, `${args.join(' ')}: ${err}`);
    assert.match(err, message);
    assert.equal(err.trimEnd().includes('\n'), false, err);
  }
});

test('the same through a registry that serves the store', async () => {
  const store = await openStore({ url: 'file:.castellan/registry', cwd: folder });
  const server = await serveRegistry(store, { port: 0 });
  const env = { CASTELLAN_REGISTRY: server.url, CASTELLAN_REGISTRY_KEY: server.localKey };
  const remote = (...args: readonly string[]) => command(['inventory', ...args], env);
  try {
    valid('overview', (await remote('posture', '--json')).out);
    valid('posture', (await remote('posture', 'orders', '--json')).out);
    valid('next', (await remote('next', 'orders', '--json')).out);
    valid('next', (await remote('next', '--json')).out);
    assert.match((await remote('posture', 'nothing')).err, /no API 'nothing'/);
    assert.equal((await remote('attest', 'orders', '--control', 'ownership', '--reason', 'asked them')).status, 0);
    assert.match((await remote('import', 'evidence.json')).out, /^evidence\.json: 0 proofs, 2 older/m);
    assert.match((await remote('lifecycle', 'orders')).out, /^orders: deprecated/);
    const refused = await remote('lifecycle', 'orders', 'retired', '--reason', 'x');
    assert.equal(refused.status, 1);
    assert.match(refused.out, /notice-over: its sunset is 2999-01-01/);
    const back = await remote('lifecycle', 'orders', 'published', '--reason', 'a mistake', '--despite', 'checks');
    assert.equal(back.status, 0, back.out + back.err);
    assert.equal((await remote('consumers', '--all', '--json')).out, `${JSON.stringify({ consumers: [] }, null, 2)}\n`);
    assert.match((await remote('contact', 'key', 'shop', '--name', 'Shop team')).out, /^[\w-]+ is known\n$/);
  } finally {
    await server.close();
    await store.close();
  }
});
