// castellan serve with a castellan.yaml: registry, gateway and detectors in one process, and others that send to it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-serve-config-'));
after(() => rmSync(folder, { recursive: true }));

interface Running {
  readonly out: () => string;
  readonly stop: () => Promise<number>;
}

async function castellan(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  let [out, err] = ['', ''];
  const status = await run(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env,
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

async function serve(until: string, ...args: readonly string[]): Promise<Running> {
  const stop = new AbortController();
  let out = '';
  const page = Promise.withResolvers<void>();
  const ended = run(['serve', '--port', '0', ...args], {
    out(text) {
      out += text;
      if (out.includes(until)) page.resolve();
    },
    err: (text) => void (out += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: stop.signal,
  });
  await Promise.race([page.promise, ended]);
  assert.ok(out.includes(until), out);
  return {
    out: () => out,
    async stop() {
      stop.abort();
      return ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('what castellan.yaml says runs: the gateway reports to the registry beside it, and its detectors see the attack', async (t) => {
  const upstream = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('[]');
  });
  upstream.listen(0, '127.0.0.1');
  await new Promise((resolve) => upstream.once('listening', resolve));
  t.after(() => void upstream.close());
  const { port } = upstream.address() as AddressInfo;
  const paths = (name: string): string =>
    `  /${name}:\n    get: { operationId: list-${name}, responses: { '200': { description: '', content: { application/json: { schema: { type: array, maxItems: 10, items: { type: string } } } } } } }\n`;
  for (const name of ['orders', 'payments'])
    writeFileSync(
      join(folder, `${name}.yaml`),
      `openapi: 3.1.0\ninfo: { title: ${name}, version: '1' }\npaths:\n${paths(name)}`,
    );
  writeFileSync(
    join(folder, 'castellan.yaml'),
    `apis:
  - { name: orders, contract: ./orders.yaml, basePath: /o, environment: production, upstreams: [{ url: 'http://127.0.0.1:${port}' }] }
  - { name: payments, contract: ./payments.yaml, basePath: /p, environment: production, upstreams: [{ url: 'http://127.0.0.1:${port}' }] }
listen: { port: ${await freePort()} }
store: { url: 'file:./store' }
`,
  );
  const server = await serve('listening on', '--warm-up', '0s', '--key-file', 'first.key');
  const url = /registry (http:\S+),/.exec(server.out())?.[1] ?? '';
  const gateway = /listening on (http:[^\s,]+)/.exec(server.out())?.[1] ?? '';
  assert.match(server.out(), /the administrator's key is in first\.key, and nowhere else/);
  assert.equal(statSync(join(folder, 'first.key')).mode & 0o077, 0);
  const key = readFileSync(join(folder, 'first.key'), 'utf8').trim();
  assert.ok(!server.out().includes(key));
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(url + path, { headers: { 'x-castellan-key': key } });
    assert.equal(response.status, 200, path);
    return (await response.json()) as T;
  };
  assert.equal((await fetch(`${gateway}/o/orders`)).status, 200);
  // A guard elsewhere, or a file of events, sends to the same detectors.
  const made = await fetch(`${url}/keys`, {
    method: 'POST',
    headers: { 'x-castellan-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'elsewhere', role: 'guard', api: 'orders' }),
  });
  const { key: guardKey } = (await made.json()) as { key: string };
  const events = Array.from({ length: 1_200 }, (_, n) => ({
    id: `r${n}`,
    time: Date.UTC(2026, 10, 29, 12) + n * 100,
    method: 'POST',
    template: '/login',
    operation: 'login',
    status: 401,
    address: '203.0.113.9',
    attempt: { kind: 'password', account: `account-${n}`, secret: 'one-password' },
    refused: { stage: 'authenticate', type: 'unauthenticated', reason: 'wrong-password' },
  }));
  writeFileSync(join(folder, 'events.jsonl'), `${events.map((one) => JSON.stringify(one)).join('\n')}\nno event\n`);
  const sent = await castellan({ CASTELLAN_REGISTRY_KEY: guardKey }, 'detect', 'events.jsonl', '--registry', url);
  assert.deepEqual([sent.status, sent.out], [0, `1200 events were sent to ${url}\n`]);
  assert.match(sent.err, /1 lines are no events/);
  const { incidents } = await ask<{ incidents: { api: string; text: string; id: string }[] }>('/incidents');
  assert.ok(
    incidents.some(({ api }) => api === 'orders'),
    JSON.stringify(incidents),
  );
  const watched = await castellan({ CASTELLAN_REGISTRY_KEY: key }, 'watch', '--registry', url, '--once');
  assert.equal(watched.status, 0);
  assert.ok(incidents.every(({ id }) => watched.out.includes(id)));
  const own = await castellan({ CASTELLAN_REGISTRY_KEY: guardKey }, 'watch', '--registry', url, '--once');
  assert.deepEqual([own.status, own.out], [2, ''], 'a guard reads nothing');
  assert.match(own.err, /answered 403/);
  const { apis } = await ask<{ apis: { id: string; operations: number }[] }>('/apis');
  assert.deepEqual(
    apis.map(({ id, operations }) => [id, operations]),
    [
      ['orders', 1],
      ['payments', 1],
    ],
  );
  const listed = await castellan({}, 'inventory', 'show', 'orders', '--json');
  const { deployments } = JSON.parse(listed.out) as {
    deployments: { name: string; environment: string; mode: string }[];
  };
  assert.deepEqual(
    deployments.map(({ name, environment, mode }) => [name, environment, mode]),
    [['orders', 'production', 'enforce']],
  );
  assert.equal(await server.stop(), 0);
  await assert.rejects(fetch(`${gateway}/o/orders`));
  // What the gateway saw last was reported while it ended; a second start shows no key again.
  const again = await serve('listening on', '--key-file', 'second.key');
  assert.doesNotMatch(again.out(), /administrator/);
  assert.throws(() => statSync(join(folder, 'second.key')), { code: 'ENOENT' });
  const after = await castellan({}, 'inventory', 'show', 'orders', '--json');
  const { operationList } = JSON.parse(after.out) as { operationList: { requests: number }[] };
  assert.deepEqual(
    operationList.map(({ requests }) => requests),
    [1],
  );
  assert.equal(await again.stop(), 0);
});

test('what cannot be served is one line, and nothing stays open', async () => {
  writeFileSync(join(folder, 'words.pem'), 'words');
  for (const [args, message] of [
    [['--port', '70000'], /--port 70000 is no port/],
    [['--tls-cert', 'x'], /--tls-key is missing/],
    [['--tls-cert', 'none.pem', '--tls-key', 'none.pem'], /none\.pem: the file cannot be read \(ENOENT\)/],
    [
      ['--tls-cert', 'words.pem', '--tls-key', 'words.pem'],
      /words\.pem: the TLS certificate, key and client CA cannot be used/,
    ],
    [['--login-issuer', 'https://login.example.com'], /--login-audience is missing/],
    [['--login-issuer', 'https://login.example.com', '--login-audience', 'x'], /nobody of the provider has a role/],
    [['--login-issuer', 'x', '--login-audience', 'x', '--login-role', 'admin=a'], /--login-role admin=a gives no role/],
    [['--login-issuer', 'x', '--login-audience', 'x', '--login-role', 'onwer=a'], /did you mean owner=GROUP\?/],
    [['--config', 'none.yaml'], /--config none\.yaml is not there/],
    [['--warm-up', 'soon'], /--warm-up/],
  ] as const) {
    const { status, out, err } = await castellan(
      {},
      'serve',
      '--store',
      'memory:',
      '--port',
      '0',
      ...(args[0] === '--config' ? [] : ['--no-gateway']),
      ...args,
    );
    assert.deepEqual([status, out], [2, ''], args.join(' '));
    assert.match(err, message);
    assert.equal(err.trim().split('\n').length, 1);
  }
});

test('the detectors of the registry know what castellan.yaml and the documents say: honey, canaries, what is off', async (t) => {
  const upstream = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('[]');
  });
  upstream.listen(0, '127.0.0.1');
  await new Promise((resolve) => upstream.once('listening', resolve));
  t.after(() => void upstream.close());
  const { port } = upstream.address() as AddressInfo;
  const list =
    "responses: { '200': { description: '', content: { application/json: { schema: { type: array, maxItems: 9, items: { type: string } } } } } }";
  for (const [name, more] of [
    ['vault', 'x-castellan: { canary: true }, '],
    ['desk', ''],
  ] as const)
    writeFileSync(
      join(folder, `${name}.yaml`),
      `openapi: 3.1.0\ninfo: { title: Title of ${name}, version: '1' }\npaths:\n  /${name}:\n    get: { operationId: open-${name}, ${more}${list} }\n`,
    );
  const cases = [
    ['canary', '[]', '/v/vault', /open-vault was called/],
    ['honey', '[]', '/d/backup.sql', /the honey path/],
    ['off', '[canary]', '/v/vault', undefined],
  ] as const;
  // Each is a start of everything (CASTELLAN_WHOLE=1: all of them).
  for (const [name, off, path, what] of process.env['CASTELLAN_WHOLE'] === '1' ? cases : cases.slice(0, 1)) {
    writeFileSync(
      join(folder, 'castellan.yaml'),
      `apis:
  - { name: vault, contract: ./vault.yaml, basePath: /v, upstreams: [{ url: 'http://127.0.0.1:${port}' }] }
  - { name: desk, contract: ./desk.yaml, basePath: /d, upstreams: [{ url: 'http://127.0.0.1:${port}' }] }
listen: { port: ${await freePort()} }
detect: { honey: [/backup.sql], off: ${off} }
store: { url: 'file:./store-${name}' }
`,
    );
    const server = await serve('listening on', '--key-file', `known-${name}.key`);
    try {
      const url = /registry (http:\S+),/.exec(server.out())?.[1] ?? '';
      const gateway = /listening on (http:[^\s,]+)/.exec(server.out())?.[1] ?? '';
      const key = readFileSync(join(folder, `known-${name}.key`), 'utf8').trim();
      await (await fetch(`${gateway}/d/desk`)).text();
      await (await fetch(gateway + path)).text();
      let text = '';
      // Facts come when their answers have left.
      for (let asked = 0; asked < (what === undefined ? 5 : 60) && what?.test(text) !== true; asked++) {
        const response = await fetch(`${url}/incidents`, { headers: { 'x-castellan-key': key } });
        const { incidents } = (await response.json()) as { incidents: readonly { readonly text: string }[] };
        text = incidents.map((one) => one.text).join('\n');
      }
      if (what === undefined) assert.equal(text, '');
      else assert.match(text, what);
      assert.doesNotMatch(text, /open-desk was called, which/);
    } finally {
      await server.stop();
    }
  }
});
