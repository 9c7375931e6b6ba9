// castellan config check: whatever is wrong, and however much at once, each thing is told in its place.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-config-'));
after(() => rmSync(folder, { recursive: true }));
const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../../schemas/config-output.json'), 'utf8')) as object,
);

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number | null;
  readonly fix: string;
}
interface Checked {
  readonly status: number;
  readonly problems: readonly Problem[];
  readonly apis: readonly { readonly name: string; readonly starts: boolean }[];
  readonly text: string;
  readonly err: string;
}

let files = 0;
async function check(
  yaml: object | string,
  beside: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Checked> {
  const cwd = join(folder, String((files += 1)));
  mkdirSync(cwd);
  const text = typeof yaml === 'string' ? yaml : stringify(yaml);
  for (const [name, one] of Object.entries({ 'openapi.yaml': documentOf('/v1'), ...beside, 'castellan.yaml': text })) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), one);
  }
  const said = async (...args: readonly string[]): Promise<{ status: number; out: string; err: string }> => {
    let out = '';
    let err = '';
    const status = await run(['config', 'check', ...args], {
      out: (one) => void (out += one),
      err: (one) => void (err += one),
      interactive: false,
      cwd,
      env,
      signal: new AbortController().signal,
    });
    return { status, out, err };
  };
  const { status, out, err } = await said('--json');
  const plain = await said();
  assert.equal(plain.status, status);
  if (out === '') return { status, problems: [], apis: [], text: plain.out, err };
  const output = JSON.parse(out) as Checked;
  assert.ok(validate(output), JSON.stringify(validate.errors));
  // Text and JSON tell the same, one line each.
  const lines = plain.out.split('\n');
  for (const { message } of output.problems)
    assert.ok(
      lines.some((line) => line.includes(message)),
      message,
    );
  return { ...output, status, text: plain.out, err };
}

function documentOf(server: string): string {
  return `openapi: 3.1.0
info: { title: Orders, version: '1' }
servers: [{ url: ${server} }]
paths:
  /orders:
    get:
      operationId: listOrders
      security: [{ key: [] }]
      responses: { 200: { description: ok } }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
`;
}

const authentication = { key: { keys: { '${env:ORDERS_KEY}': { subject: 'partner' } } } };
const env = { ORDERS_KEY: 'partner-key-5d1e7a90c3b24f68a1d2e3f405162738' };
process.env['ORDERS_KEY'] = env.ORDERS_KEY;
const api = (name: string, more: object = {}): object => ({
  name,
  contract: 'openapi.yaml',
  upstreams: [{ url: 'http://127.0.0.1:3000' }],
  authentication,
  ...more,
});
const good = { apis: [api('orders')], listen: { port: 8080, admin: 9901 } };

test('a file with nothing wrong: what would run where, status 0', async () => {
  const { status, problems, text, apis } = await check(good, {}, env);
  assert.deepEqual([status, problems, apis.map(({ starts }) => starts)], [0, [], [true]], text);
  assert.match(text, /listen on http:\/\/127\.0\.0\.1:8080\n {2}health and metrics on http:\/\/127\.0\.0\.1:9901\n/);
  assert.match(text, /orders: Orders 1, 1 operations, sha256:/);
  assert.match(text, /paths under \/v1\/, in front of http:\/\/127\.0\.0\.1:3000/);
  assert.match(text, /castellan\.yaml: nothing is wrong\n$/);
});

/** What can be wrong, each alone: where it is put, and what is told of it. */
const faults: readonly {
  readonly name: string;
  readonly put: (file: Record<string, unknown>) => void;
  readonly told: RegExp;
  readonly at: RegExp;
}[] = [
  ['listen.prot', 'listen', 'prot', 1, /no option 'prot'; did you mean port/] as const,
  ['limits.perAdress', 'limits', 'perAdress', '1/minute', /no option 'perAdress'; did you mean perAddress/] as const,
  ['timeouts.head', 'timeouts', 'head', 'soon', /timeouts\.head/] as const,
  ['capacity.queue', 'capacity', 'queue', -1, /capacity\.queue .*whole number/] as const,
  ['audit.durability', 'audit', 'durability', 'fsink', /audit\.durability .*did you mean fsync/] as const,
  ['state.timeout', 'state', 'timeout', 1, /state\.timeout/] as const,
  ['store.url', 'store', 'url', 7, /store\.url is the number 7/] as const,
  ['detect.warmUp', 'detect', 'warmUp', 'never', /detect\.warmUp/] as const,
  ['registry.url', 'registry', 'url', 'ftp://x', /registry\.url is no https URL/] as const,
  ['forward.sislog', 'forward', 'sislog', {}, /did you mean syslog/] as const,
  ['telemetry.signals', 'telemetry', 'signals', ['trace'], /telemetry\.signals\[0\] .*did you mean traces/] as const,
].map(([name, group, key, value, told]) => ({
  name,
  put: (file) => void (file[group] = { ...(file[group] as object | undefined), [key]: value }),
  told,
  at: new RegExp(`${key}|${String(Array.isArray(value) ? value[0] : value)}`),
}));

test('any of these together: each is told, at its line, with the fix', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...faults], { minLength: 1 }), async (chosen) => {
      const file: Record<string, unknown> = { apis: [api('orders'), { ...api('users'), contrakt: 'x' }] };
      for (const { put } of chosen) put(file);
      const text = stringify(file);
      const { status, problems } = await check(text, {}, env);
      assert.equal(status, 1);
      for (const { told, at, name } of chosen) {
        const found = problems.find(({ message, fix }) => told.test(`${message}; ${fix}`));
        assert.ok(found !== undefined, `${name}: ${JSON.stringify(problems)}`);
        const lines = text.split('\n');
        assert.match(`${lines[(found.line ?? 0) - 2]}${lines[(found.line ?? 0) - 1]}`, at, name);
      }
      // Beside a name that no API has, the rest of that API is looked at all the same.
      assert.ok(problems.some(({ message }) => message.includes("no option 'contrakt'")));
      const ordered = problems.map(({ line }) => line ?? Infinity);
      assert.deepEqual(
        ordered,
        ordered.toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 15, seed: 7 },
  );
});

/** Each key that names a file which has to be there. */
const named: Readonly<Record<string, (path: string) => object>> = {
  contract: (path) => ({ apis: [api('orders', { contract: path })] }),
  overlays: (path) => ({ apis: [api('orders', { overlays: [path] })] }),
  policies: (path) => ({ apis: [api('orders', { policies: path })] }),
  'a pattern of policies': (path) => ({ apis: [api('orders', { policies: [`${path}/*.cedar`] })] }),
  links: (path) => ({ apis: [api('orders', { links: path })] }),
  entities: (path) => ({ apis: [api('orders', { entities: path })] }),
  'upstreams.ca': (path) => ({ apis: [api('orders', { upstreams: [{ url: 'https://127.0.0.1:3000', ca: path }] })] }),
  'authentication store': (path) => ({ apis: [api('orders', { authentication: { key: { store: path } } })] }),
  'a secret in a file': (path) => ({
    apis: [api('orders', { authentication: { key: { keys: { [`\${file:${path}}`]: { subject: 'x' } } } } })],
  }),
  'listen.tls.cert': (path) => ({
    apis: [api('orders')],
    listen: { port: 1, tls: { cert: path, key: 'openapi.yaml' } },
  }),
  'listen.tls.key': (path) => ({
    apis: [api('orders')],
    listen: { port: 1, tls: { cert: 'openapi.yaml', key: path } },
  }),
  'state.ca': (path) => ({ apis: [api('orders')], state: { url: 'rediss://cache', ca: path } }),
  'forward.syslog.ca': (path) => ({ apis: [api('orders')], forward: { syslog: { host: 'siem', ca: path } } }),
};

for (const [name, fileWith] of Object.entries(named))
  test(`a file that is not there: ${name}`, async () => {
    const text = stringify(fileWith('nowhere/at-all.x'));
    const { status, problems } = await check(text, {}, env);
    const found = problems.filter(({ message }) => message.includes('nowhere/at-all.x'));
    assert.deepEqual([status, found.length], [1, 1], JSON.stringify(problems));
    assert.equal(found[0]?.file, 'castellan.yaml');
    assert.match(text.split('\n')[(found[0]?.line ?? 0) - 1] ?? '', /nowhere|overlays|policies|keys/);
    assert.notEqual(found[0]?.fix, '');
  });

const cases: Readonly<Record<string, readonly [object | string, RegExp, Readonly<Record<string, string>>?]>> = {
  'a variable that is not set': [
    { apis: [api('orders', { authentication: { key: { keys: { '${env:NOT_SET}': { subject: 'x' } } } } })] },
    /needs the environment variable NOT_SET, which is not set.*export NOT_SET/,
  ],
  'a reference where none is replaced': [
    { apis: [api('orders', { origin: '${env:ORIGIN}' })] },
    /references are not replaced here/,
  ],
  'health on the port of the APIs': [
    { apis: [api('orders')], listen: { port: 8080, admin: 8080 } },
    /admin is on port 8080/,
  ],
  'health on the same port of all addresses': [
    { apis: [api('orders')], listen: { port: 8080, address: '0.0.0.0', admin: '127.0.0.1:8080' } },
    /admin is on port 8080/,
  ],
  'an upstream that is the gateway': [
    { apis: [api('orders', { upstreams: [{ url: 'http://localhost:8080' }] })] },
    /leads to the gateway itself/,
  ],
  'two names': [{ apis: [api('orders'), api('orders', { hosts: ['b.example'] })] }, /two APIs are called 'orders'/],
  'two APIs with one path, by their documents': [{ apis: [api('orders'), api('users')] }, /both have the path \/v1/],
  'two APIs with one host and path': [
    { apis: [api('orders', { hosts: ['A.example', 'b.example'] }), api('users', { hosts: ['a.example:443'] })] },
    /both have the path \/v1 of the host a\.example/,
  ],
  'two base paths': [
    { apis: [api('orders', { basePath: '/x' }), api('users', { basePath: '/x/' })] },
    /is that of 'orders' too/,
  ],
  'a document that is none': [good, /openapi\.yaml:.*; /, { 'openapi.yaml': 'hello: world\n' }],
  'a policy that is none': [
    { apis: [api('orders', { policies: 'a.cedar' })] },
    /a\.cedar:1/,
    { 'a.cedar': 'permit (principal, action, resourse);\n' },
  ],
  'a scheme that nobody configured': [
    { apis: [{ name: 'a', contract: 'openapi.yaml', upstreams: [{ url: 'http://127.0.0.1:3000' }] }] },
    /key.*add .* to authentication of the API in castellan\.yaml/,
  ],
  'a scheme that no document has': [
    { apis: [api('orders', { authentication: { ...authentication, kee: { keys: {} } } })] },
    /castellan\.yaml:\d+:\d+.*kee/,
  ],
  'a source that is not there': [
    { apis: [api('orders', { source: { git: 'nowhere.git' } })] },
    /castellan\.yaml:\d+:\d+: .*nowhere\.git: there is no such folder/,
  ],
  'the web page, which nothing does yet': [{ ...good, console: { port: 1 } }, /console is not enforced yet/],
  'no YAML': ['apis: [', /castellan\.yaml:1.*not YAML/],
  'an empty file': ['', /the file is empty/],
  'a list': ['- a\n', /not an object/],
};

for (const [name, [yaml, told, beside = {}]] of Object.entries(cases))
  test(name, async () => {
    const { status, text } = await check(yaml, beside, env);
    assert.equal(status, 1, text);
    assert.match(text, told);
    for (const secret of Object.values(env)) assert.doesNotMatch(text, new RegExp(secret));
  });

test('neighbours that are right pass: two hosts, two paths, a host before any', async () => {
  for (const apis of [
    [api('orders', { hosts: ['a.example'] }), api('users', { hosts: ['b.example'] })],
    [api('orders'), api('users', { basePath: '/users' })],
    [api('orders'), api('users', { hosts: ['b.example'] })],
    [api('orders', { basePath: '/' }), api('users', { basePath: '/v1' })],
  ]) {
    const { status, text } = await check({ apis }, {}, env);
    assert.equal(status, 0, text);
  }
});

test('a file that is not there, and a command that is none: status 2 and one line', async () => {
  for (const args of [['check', 'nothing.yaml'], ['chek'], [], ['check', 'a', 'b'], ['check', '--jsn']]) {
    let err = '';
    const status = await run(['config', ...args], {
      out: () => undefined,
      err: (one) => void (err += one),
      interactive: false,
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
    });
    assert.equal(status, 2);
    assert.match(err, /^castellan: [^\n]+; [^\n]+\n$|did you mean [^\n]+\n$/);
  }
});
