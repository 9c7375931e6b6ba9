// One gateway in front of several APIs: each request is one API's, by host and path, and never another's.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { startGateways, type Gateway, type NamedOptions } from '@castellan/gateway';
import fc from 'fast-check';

const folder = mkdtempSync(join(tmpdir(), 'castellan-several-'));
const servers: ReturnType<typeof createServer>[] = [];
const gateways: Gateway[] = [];
const start = async (apis: readonly NamedOptions[]): Promise<Gateway> => {
  const gateway = await startGateways(apis);
  gateways.push(gateway);
  return gateway;
};
after(async () => {
  for (const gateway of gateways) await gateway.close().catch(() => undefined);
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const documentOf = (name: string, server: string): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: name, version: '1' },
  servers: [{ url: server }],
  paths: {
    '/who': {
      get: {
        operationId: 'who',
        security: [],
        responses: { 200: { description: 'ok', content: { 'application/json': { schema: { type: 'string' } } } } },
      },
    },
  },
});

/** A server that says its name and the path it was asked for. */
async function upstream(name: string): Promise<string> {
  const server = createServer(({ url }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(`${name} ${url}`));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const upstreams: Record<string, string> = {};
before(async () => {
  for (const name of ['a', 'b', 'c']) upstreams[name] = await upstream(name);
});

const options = (name: string, server: string, more: object = {}): NamedOptions => ({
  name,
  contract: documentOf(name, server),
  upstream: upstreams[name] ?? '',
  port: 0,
  context: false,
  limits: { perAddress: 'off' },
  ...more,
});

function ask(gateway: Gateway, host: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    // As it is: a URL would be made canonical on the way.
    request({ port: new URL(gateway.url).port, path, headers: { host }, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (part: Buffer) => (body += String(part)));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

test('by host, by path, and the host before the path; what is nobody’s is refused and recorded', async () => {
  const audit = { file: join(folder, 'audit.jsonl') };
  const gateway = await start([
    options('a', '/v1', { hosts: ['a.example'], audit }),
    options('b', '/v1', { hosts: ['B.example:8443', 'b2.example'], audit }),
    options('c', '/other', { audit }),
  ]);
  for (const [host, path, status, body] of [
    ['a.example', '/v1/who', 200, 'a /v1/who'],
    ['A.EXAMPLE', '/v1/who', 200, 'a /v1/who'],
    ['a.example:8080', '/v1/who', 200, 'a /v1/who'],
    ['a.example.', '/v1/who', 200, 'a /v1/who'],
    ['b.example', '/v1/who', 200, 'b /v1/who'],
    ['b2.example', '/v1/who?', 200, 'b /v1/who'],
    ['c.example', '/other/who', 200, 'c /other/who'],
    ['a.example', '/other/who', 200, 'c /other/who'],
    ['c.example', '/v1/who', 404, ''],
    ['a.example', '/v1/nothing', 404, ''],
    ['a.example', '/v10/who', 404, ''],
    ['a.example', '/', 404, ''],
    ['xa.example', '/v1/who', 404, ''],
    ['a.example@b.example', '/v1/who', 404, ''],
    ['a.example', '/v1/../other/who', 404, ''],
    ['a.example', '/v1/%2e%2e/other/who', 404, ''],
    ['a.example', '//other/who', 404, ''],
  ] as const) {
    const answer = await ask(gateway, host, path);
    if (status === 200) assert.deepEqual(answer, { status, body: JSON.stringify(body) }, `${host} ${path}`);
    else assert.ok(answer.status === 404 || answer.status === 400, `${host} ${path}: ${answer.status} ${answer.body}`);
  }
  assert.deepEqual(
    gateway.apis.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
  await gateway.close();
  const events = readFileSync(audit.file, 'utf8').trim().split('\n');
  assert.equal(events.length, 17);
});

test('a request is never another API’s, however host and path are written', async () => {
  const gateway = await start([
    options('a', '/v1', { hosts: ['a.example'] }),
    options('b', '/v1', { hosts: ['b.example'] }),
  ]);
  const { port } = new URL(gateway.url);
  const hosts = fc.constantFrom(
    'a.example',
    'b.example',
    'A.Example',
    'b.example:1',
    ' a.example',
    'a.example,b.example',
    '',
    'x',
  );
  const target = fc.constantFrom(
    '/v1/who',
    'http://a.example/v1/who',
    'http://b.example/v1/who',
    'HTTP://B.example:80/v1/who',
    '/v1/./who',
    '/v1//who',
    '/v1/who#x',
    '*',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(hosts, { minLength: 1, maxLength: 2 }), target, async (names, path) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        `GET ${path} HTTP/1.1\r\n${names.map((name) => `Host: ${name}\r\n`).join('')}Connection: close\r\n\r\n`,
      );
      let text = '';
      socket.on('data', (part: Buffer) => (text += String(part)));
      await once(socket, 'close');
      const [, status = '', said = ''] = /^HTTP\/1\.1 (\d+)[^]*\r\n\r\n"?([ab]?)/.exec(text) ?? [];
      if (status !== '200') return;
      // Whoever was answered named one host, and in one way.
      const written = /^https?:\/\/([^/]*)/i.exec(path)?.[1] ?? names[0] ?? '';
      assert.equal(new Set(names).size, 1, text);
      assert.equal(said, written.trim().toLowerCase()[0], `${names.join('|')} ${path}: ${text}`);
    }),
    { numRuns: 60, seed: 11 },
  );
  await gateway.close();
});

test('two APIs that a request could be for are refused at the start, whatever says so', async () => {
  for (const [one, other] of [
    [options('a', '/v1'), options('b', '/v1')],
    [options('a', '/v1'), options('b', '/v1/')],
    [options('a', 'https://x.example/v1'), options('b', 'https://y.example/v1')],
    [options('a', '/v1', { hosts: ['h.example', 'i.example'] }), options('b', '/v1', { hosts: ['I.example:99'] })],
    [options('a', '/v1', { basePath: '/x' }), options('b', '/x')],
  ] as const)
    await assert.rejects(
      startGateways([one, other]),
      (error) => error instanceof CastellanError && error.code === 'two-apis' && /'a'|'b'/.test(error.message),
    );
  await assert.rejects(
    startGateways([options('a', '/v1'), options('b', '/v2', { host: '::1' })]),
    (error) => error instanceof CastellanError && /listen together/.test(error.message),
  );
  await assert.rejects(startGateways([]), CastellanError);
});

test('a reload is of each API; one that is wrong keeps its own last good one, and health says so', async () => {
  const file = join(folder, 'a.json');
  const write = (server: string): void => writeFileSync(file, JSON.stringify(documentOf('a', server)));
  write('/v1');
  const apis = [options('a', '/v1', { contract: file, watch: false }), options('b', '/v2')].map((api) => ({
    ...api,
    admin: 0,
  }));
  const gateway = await start(apis);
  const ready = async (): Promise<string> => (await fetch(`${gateway.adminUrl}/readyz`)).text();
  const metrics = async (): Promise<string> => (await fetch(`${gateway.adminUrl}/metrics`)).text();
  assert.equal((await ask(gateway, 'x', '/v1/who')).status, 200);
  // Another path is another claim.
  write('/v3');
  await gateway.reload();
  assert.deepEqual(
    [(await ask(gateway, 'x', '/v1/who')).status, (await ask(gateway, 'x', '/v3/who')).status],
    [404, 200],
  );
  write('/v2');
  await assert.rejects(gateway.reload(), /both have the path \/v2/);
  writeFileSync(file, 'hello');
  await assert.rejects(gateway.reload(apis), CastellanError);
  assert.equal((await ask(gateway, 'x', '/v2/who')).body, '"b /v2/who"');
  assert.match(await ready(), /^ready\n/);
  assert.match(await metrics(), /castellan_requests_total\{api="b",operation="who",status="2xx"\} 1/);
  assert.match(await metrics(), /castellan_reload_failed\{api="a"\} [01]/);
  await assert.rejects(
    gateway.reload([apis[0] as NamedOptions]),
    (error) => error instanceof CastellanError && error.code === 'needs-restart',
  );
  await gateway.close();
});
