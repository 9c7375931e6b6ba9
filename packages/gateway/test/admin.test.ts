// Health and metrics: at an address of their own, bounded by the contract, and without any value of a request.
// promise: metrics-without-values
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { startGateway } from '@castellan/gateway';
import { contract } from './contract.ts';
import { before, httpUpstream, send, signal } from './stage.ts';

// promise: admin-apart
test('off by default; the port of the API answers none of it', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.end());
  const { gateway } = await before(t, upstream);
  assert.equal(gateway.adminUrl, undefined);
  for (const path of ['/healthz', '/readyz', '/metrics']) assert.equal((await send(gateway.url, path)).status, 404);
});

test('a port alone is one of the loopback address', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.end());
  const { gateway } = await before(t, upstream, { admin: 0 });
  assert.match(gateway.adminUrl ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
});

test('an address that cannot be taken is said, and nothing stays open', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.end());
  const taken = Number(new URL(upstream).port);
  await assert.rejects(
    startGateway({ contract, upstream, port: 0, admin: taken }),
    (error) => error instanceof CastellanError && error.code === 'port-in-use' && /--admin/.test(error.message),
  );
});

test('live, ready, and ready only while an upstream answers where that is asked', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.end());
  const dead = await httpUpstream(t, (_, response) => void response.end());
  const { gateway } = await before(t, '', { upstream: [{ url: upstream }, { url: dead, weight: 0 }], admin: 0 });
  const ask = async (path: string, method = 'GET'): Promise<number> =>
    (await send(gateway.adminUrl ?? '', path, { method })).status;
  assert.deepEqual(
    [await ask('/healthz'), await ask('/readyz'), await ask('/readyz?upstream'), await ask('/readyz', 'HEAD')],
    [200, 200, 200, 200],
  );
  assert.deepEqual([await ask('/'), await ask('/metrics', 'POST'), await ask('/healthz', 'DELETE')], [404, 405, 405]);
});

test('an upstream that is gone is not ready where that is asked', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.end());
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  const { gateway } = await before(t, '', {
    upstream: [{ url: `http://127.0.0.1:${port}` }, { url: upstream, weight: 0 }],
    admin: 0,
  });
  await new Promise((resolve) => server.close(resolve));
  const admin = gateway.adminUrl ?? '';
  const answer = await send(admin, '/readyz?upstream');
  assert.deepEqual([answer.status, answer.text], [503, 'no upstream answers\n']);
  assert.equal((await send(admin, '/readyz')).status, 200);
  assert.equal((await send(admin, '/healthz')).status, 200);
});

test('metrics: whatever callers send, labels are of the contract, and every line is Prometheus text', async (t) => {
  const upstream = await httpUpstream(t, ({ method }, response) => {
    response.writeHead(method === 'POST' ? 201 : 200, { 'content-type': 'application/json' }).end('{"id":1}');
  });
  const { gateway } = await before(t, upstream, { admin: 0 });
  const secrets: string[] = [];
  for (let index = 0; index < 60; index++) {
    const secret = `s3cret${index}`;
    secrets.push(secret);
    await send(gateway.url, `/${secret}?q=${secret}`, {
      method: index % 2 === 0 ? 'GET' : 'PURGE',
      headers: { [`x-${secret}`]: secret },
    });
    await send(gateway.url, `/items?limit=${secret}`);
    await send(gateway.url, '/items');
  }
  const { text, headers } = await send(gateway.adminUrl ?? '', '/metrics');
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  for (const secret of secrets) assert.equal(text.includes(secret), false);
  const ids = new Set([...text.matchAll(/operation="([^"]*)"/g)].map(([, id]) => id));
  assert.deepEqual([...ids].sort(), ['', 'listItems']);
  for (const line of text.trimEnd().split('\n'))
    assert.match(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? [\d.e+-]+)$/);
  assert.match(text, /^castellan_requests_total\{operation="listItems",status="2xx"\} 60$/m);
  assert.match(text, /^castellan_requests_total\{operation="listItems",status="4xx"\} 60$/m);
  assert.match(text, /^castellan_refused_total\{operation="listItems",stage="validate"\} 60$/m);
  assert.match(text, /^castellan_refused_total\{operation="",stage="(?:route|frame)"\} 60$/m);
  assert.match(text, /^castellan_request_duration_seconds_count\{operation="listItems"\} 120$/m);
  assert.match(text, /^castellan_request_duration_seconds_bucket\{operation="listItems",le="\+Inf"\} 120$/m);
  assert.match(text, /^castellan_audit_lost_total 0$/m);
});

test('metrics: names of the contract cannot end a line, and are forgotten with their contract', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.writeHead(204).end());
  const documentOf = (operationId: string): Record<string, unknown> => ({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: { '/a': { get: { operationId, responses: { 204: { description: '' } } } } },
  });
  const options = { upstream, port: 0, admin: 0 };
  const gateway = await startGateway({ ...options, contract: documentOf('a"b\\c\nd') });
  t.after(() => gateway.close());
  const metrics = async (): Promise<string> => (await send(gateway.adminUrl ?? '', '/metrics')).text;
  await send(gateway.url, '/a');
  assert.match(await metrics(), /^castellan_requests_total\{operation="a\\"b\\\\c\\nd",status="2xx"\} 1$/m);
  await gateway.reload({ ...options, contract: documentOf('other') });
  await send(gateway.url, '/a');
  const text = await metrics();
  assert.match(text, /^castellan_requests_total\{operation="other",status="2xx"\} 1$/m);
  assert.equal(text.includes('a\\"b'), false);
});

test('metrics: who has a place and who waits', async (t) => {
  const arrived = signal();
  const go = signal();
  const upstream = await httpUpstream(t, (_, response) => {
    arrived.fire();
    void go.fired.then(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":1}'));
  });
  const { gateway } = await before(t, upstream, { admin: 0, capacity: { connections: 1, queue: 1 } });
  const first = send(gateway.url, '/items');
  await arrived.fired;
  const second = send(gateway.url, '/items');
  const metrics = async (): Promise<string> => (await send(gateway.adminUrl ?? '', '/metrics')).text;
  let text = await metrics();
  // The second request is on its way: how long that takes nobody says.
  while (!/castellan_queue_requests\{kind="ordinary"\} 1/.test(text)) text = await metrics();
  assert.match(text, /^castellan_upstream_requests\{kind="ordinary"\} 1$/m);
  go.fire();
  assert.deepEqual([(await first).status, (await second).status], [200, 200]);
  assert.match(await metrics(), /^castellan_queue_requests\{kind="ordinary"\} 0$/m);
});
