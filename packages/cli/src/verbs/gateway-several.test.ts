// castellan gateway with several APIs in castellan.yaml, one of them from a Git repository: as somebody would run it.
import assert from 'node:assert/strict';
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { stringify } from 'yaml';

const root = join(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'castellan-gateways-'));
after(() => rmSync(folder, { recursive: true }));

const documentOf = (title: string, path: string): string =>
  `openapi: 3.1.0\ninfo: { title: ${title}, version: '1' }\npaths:\n  /${path}:\n    get:\n      operationId: ${path}\n      security: []\n      responses: { 200: { description: ok, content: { text/plain: { schema: { type: string } } } } }\n`;

interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly until: (is: (out: string, err: string) => boolean) => Promise<void>;
}

function castellan(t: TestContext, cwd: string, ...args: readonly string[]): Running {
  const child = spawn(
    process.execPath,
    ['--conditions=@castellan/source', join(root, 'packages/cli/src/main.ts'), ...args],
    { cwd, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [out, err] = ['', ''];
  let look: () => void = () => undefined;
  child.stdout.on('data', (part: Buffer) => {
    out += String(part);
    look();
  });
  child.stderr.on('data', (part: Buffer) => {
    err += String(part);
    look();
  });
  t.after(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  return {
    child,
    out: () => out,
    err: () => err,
    until: (is) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (is(out, err)) resolve();
        };
        child.once('exit', () => reject(new Error(`it ended: ${out}${err}`)));
        look();
      }),
  };
}

function ask(url: string, host: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(url + path, { headers: { host }, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (part: Buffer) => (body += String(part)));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

test('all APIs of the file in one process; a commit comes into force, a broken one does not', async (t) => {
  const upstream = createServer(({ headers }, response) =>
    response.setHeader('content-type', 'text/plain').end(headers.host),
  );
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  t.after(() => upstream.close());
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const work = join(folder, 'work');
  mkdirSync(work);
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-C', work, ...args], {
      stdio: 'ignore',
    });
  const commit = (text: string): void => {
    writeFileSync(join(work, 'openapi.yaml'), text);
    git('add', '-A');
    git('commit', '-q', '-m', 'x');
  };
  git('init', '-q', '-b', 'main');
  commit(documentOf('Orders', 'one'));
  writeFileSync(join(folder, 'users.yaml'), documentOf('Users', 'one'));
  const api = (name: string, more: object): object => ({ name, upstreams: [{ url }], context: false, ...more });
  const file = {
    apis: [
      api('orders', {
        source: { git: './work', interval: 100 },
        contract: 'openapi.yaml',
        hosts: ['orders.example'],
      }),
      api('users', { contract: './users.yaml', hosts: ['users.example'] }),
    ],
    listen: { port: 65_000, admin: '127.0.0.1:0' },
    audit: { dir: './audit' },
    limits: { perAddress: 'off' },
  };
  writeFileSync(join(folder, 'castellan.yaml'), stringify(file));

  const checked = castellan(t, folder, 'config', 'check');
  const [status] = (await once(checked.child, 'exit')) as [number];
  assert.equal(status, 0, checked.out() + checked.err());
  assert.match(checked.out(), /orders: Orders 1, 1 operations[^]*orders\.example, paths under \//);

  const running = castellan(t, folder, 'gateway', '--port', '0');
  await running.until((out) => out.includes('health and metrics'));
  const at = /listening on (http:\S+?), 2 APIs/.exec(running.out())?.[1] ?? '';
  assert.match(running.out(), /orders: Orders 1 .*host orders\.example/);
  for (const [host, path, expected] of [
    ['orders.example', '/one', 200],
    ['users.example', '/one', 200],
    ['nobody.example', '/one', 404],
    ['orders.example', '/two', 404],
  ] as const)
    assert.equal((await ask(at, host, path)).status, expected, `${host}${path}`);
  commit(documentOf('Orders', 'two'));
  await running.until((_, err) => err.includes('orders: files that changed are in force'));
  assert.equal((await ask(at, 'orders.example', '/two')).status, 200);
  commit('hello: world\n');
  await running.until((_, err) => /orders: main@|orders: HEAD@/.test(err));
  assert.match(
    running.err(),
    /orders: HEAD@[0-9a-f]{12}:openapi\.yaml:.*the last good contract and policies stay in force/,
  );
  assert.equal((await ask(at, 'orders.example', '/two')).status, 200);
  const admin = /health and metrics on (\S+)/.exec(running.out())?.[1] ?? '';
  assert.match(await (await fetch(`${admin}/readyz`)).text(), /^ready\nstale: orders: HEAD@/);
  assert.match(
    await (await fetch(`${admin}/metrics`)).text(),
    /castellan_reload_failed\{api="orders"\} 1\ncastellan_reload_failed\{api="users"\} 0\n/,
  );
  running.child.kill('SIGTERM');
  await once(running.child, 'exit');
  assert.deepEqual(readdirSync(join(folder, 'audit')).toSorted(), ['orders', 'orders%none', 'users']);

  // Broken still, and started again: the last good state, said at the start.
  const again = castellan(t, folder, 'gateway', '--port', '0');
  await again.until((out) => out.includes('health and metrics'));
  assert.match(again.out(), /not protected: orders: HEAD@[^\n]*the last good one stays in force/);
  const there = /listening on (http:\S+?), 2 APIs/.exec(again.out())?.[1] ?? '';
  assert.equal((await ask(there, 'orders.example', '/two')).status, 200);
});

test('flags of one API need --api; an API without upstreams is named', async (t) => {
  const cwd = join(folder, 'flags');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'users.yaml'), documentOf('Users', 'one'));
  const apis = [
    { name: 'a', contract: 'users.yaml', hosts: ['a.example'], upstreams: [{ url: 'http://127.0.0.1:9' }] },
    { name: 'b', contract: 'users.yaml', hosts: ['b.example'] },
  ];
  writeFileSync(join(cwd, 'castellan.yaml'), stringify({ apis }));
  for (const [args, told] of [
    [['--contract', 'users.yaml'], /--contract is of one API, and castellan\.yaml has 2; name the one to run: --api a/],
    [['--upstream', 'http://127.0.0.1:1'], /--upstream is of one API/],
    [['--policies', 'x.cedar'], /--policies is of one API/],
    [[], /the API 'b' has no upstreams; write them into castellan\.yaml, or run another alone: --api NAME/],
    [['--api', 'c'], /castellan\.yaml:1:1: apis has no API 'c'; write --api a or --api b/],
    [['--api', 'b'], /upstream/],
  ] as const) {
    const ran = castellan(t, cwd, 'gateway', '--port', '0', ...args);
    const [status] = (await once(ran.child, 'exit')) as [number];
    assert.equal(status, 2, args.join(' '));
    assert.match(ran.err(), told);
    assert.equal(ran.err().trim().split('\n').length, 1);
  }
  assert.doesNotMatch(readFileSync(join(cwd, 'castellan.yaml'), 'utf8'), /undefined/);
});
