// What the gateway hands on to the upstream, and what it hands back.
// promise: upstream-gets-what-was-checked
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { test, type TestContext } from 'node:test';
import { before, httpUpstream, problem, raw, rawUpstream, send, signal } from './stage.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: Buffer;
}

/** An upstream that keeps what it got and answers with an item. */
async function recorder(t: TestContext): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const url = await httpUpstream(t, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks),
      });
      const path = request.url ?? '';
      if (request.method === 'PUT' || request.method === 'DELETE') response.writeHead(204).end();
      else if (path.startsWith('/feed')) response.writeHead(200, { 'content-type': 'text/plain' }).end('news');
      else
        response
          .writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' })
          .end('{"id":1,"name":"one"}');
    });
  });
  return { url, seen };
}

test('a request and its answer go through whole', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway, events } = await before(t, url);
  const got = await send(gateway.url, '/items?limit=5', { headers: { accept: 'application/json' } });
  assert.equal(got.status, 200);
  assert.equal(got.text, '{"id":1,"name":"one"}');
  const posted = await send(gateway.url, '/items', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id": 7, "name": "seven"}',
  });
  assert.equal(posted.status, 201);
  assert.deepEqual(
    seen.map(({ method, url: path, body }) => [method, path, body.toString()]),
    [
      ['GET', '/items?limit=5', ''],
      // The bytes that were checked, not a new spelling of them.
      ['POST', '/items', '{"id": 7, "name": "seven"}'],
    ],
  );
  assert.equal(seen[0]?.headers.accept, 'application/json');
  assert.equal(events.length, 2);
});

test('a path prefix of the upstream is put before every path', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway } = await before(t, `${url}/v2/`);
  await send(gateway.url, '/items');
  assert.equal(seen[0]?.url, '/v2/items');
});

test('fields of one connection, and fields that only a proxy may write, do not reach the upstream', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway } = await before(t, url);
  const forged = {
    'proxy-authorization': 'Basic Zm9v',
    'proxy-connection': 'keep-alive',
    'keep-alive': 'timeout=1',
    te: 'trailers',
    connection: 'close, te, proxy-connection',
    authorization: 'Bearer kept',
    forwarded: 'for=6.6.6.6',
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    'x-forwarded-prefix': '/admin',
    'x-real-ip': '6.6.6.6',
    'x-request-id': 'forged',
    'castellan-context': 'forged',
    'x-http-method-override': 'DELETE',
    'x-original-url': '/admin',
    'x-rewrite-url': '/admin',
    x_forwarded_for: '6.6.6.6',
    accept: 'application/json',
  };
  const answer = await send(gateway.url, '/items', { headers: forged });
  assert.equal(answer.status, 200);
  const { headers } = seen[0] ?? assert.fail('nothing was forwarded');
  for (const name of Object.keys(forged)) {
    if (['authorization', 'accept', 'connection'].includes(name)) continue;
    assert.ok(
      headers[name] === undefined || !Object.values(forged).includes(String(headers[name])),
      `${name}: ${String(headers[name])} was handed on`,
    );
  }
  assert.equal(headers.authorization, 'Bearer kept');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['x-forwarded-host'], new URL(gateway.url).host);
  assert.equal(headers.host, new URL(url).host);
  assert.equal(headers['accept-encoding'], 'identity');
  assert.equal(headers['x-request-id'], answer.headers['x-request-id']);
});

test('a Connection field that names fields of the message is refused: proxies would disagree on what was sent', async (t) => {
  const { url, seen } = await recorder(t);
  for (const mode of ['enforce', 'observe'] as const) {
    const { gateway } = await before(t, url, { mode });
    for (const connection of ['close, authorization', 'x-anything', 'keep-alive, Cookie']) {
      const answer = await send(gateway.url, '/items', { headers: { connection, authorization: 'Bearer x' } });
      assert.equal(answer.status, 400, connection);
    }
  }
  assert.equal(seen.length, 0);
});

test('the context token of the gateway is the only one that the upstream sees', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway } = await before(t, url, { contextToken: () => Promise.resolve('signed') });
  await send(gateway.url, '/items', { headers: { 'castellan-context': 'forged' } });
  assert.equal(seen[0]?.headers['castellan-context'], 'signed');
});

test('a context token that cannot be made refuses the request', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway } = await before(t, url, { contextToken: () => Promise.reject(new Error('no key')) });
  const answer = await send(gateway.url, '/items');
  assert.equal(answer.status, 500);
  assert.equal(problem(answer), 'internal-error');
  assert.ok(!answer.text.includes('no key'));
  assert.equal(seen.length, 0);
});

test('a refused request never reaches the upstream', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway } = await before(t, url);
  for (const [path, status] of [
    ['/items?limit=1000', 400],
    ['/nothing', 404],
    ['/items/../admin', 400],
    ['/items%2f1', 400],
  ] as const)
    assert.equal((await send(gateway.url, path)).status, status, path);
  assert.equal((await send(gateway.url, '/items', { method: 'DELETE' })).status, 405);
  assert.equal(seen.length, 0);
});

test('in mode observe the same requests go on as they came', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway, events } = await before(t, url, { mode: 'observe' });
  assert.equal((await send(gateway.url, '/items?limit=1000')).status, 200);
  assert.equal((await send(gateway.url, '/nothing?a=%20')).status, 200);
  const big = '{"id":1,"name":"' + 'x'.repeat(2_000_000) + '"}';
  const posted = await send(gateway.url, '/items', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: big,
  });
  assert.equal(posted.status, 201);
  assert.deepEqual(
    seen.map((one) => one.url),
    ['/items?limit=1000', '/nothing?a=%20', '/items'],
  );
  assert.equal(seen[2]?.body.toString(), big);
  assert.ok(events.every((event) => event.unmapped.castellan.observed !== undefined));
});

test('large bodies pass in both directions, byte for byte', async (t) => {
  const file = randomBytes(3 * 1024 * 1024);
  const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const uploaded = signal<string>();
  const url = await httpUpstream(t, (request, response) => {
    if (request.method === 'PUT') {
      const hash = createHash('sha256');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.on('end', () => {
        uploaded.fire(hash.digest('hex'));
        response.writeHead(204).end();
      });
    } else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file);
  });
  const { gateway } = await before(t, url);
  const put = await send(gateway.url, '/files/a', {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  });
  assert.equal(put.status, 204);
  assert.equal(await uploaded.fired, digest(file));
  const answer = await fetch(`${gateway.url}/files/a`);
  assert.equal(digest(new Uint8Array(await answer.arrayBuffer())), digest(file));
  const over = await send(gateway.url, '/files/a', {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(5_000_000),
  });
  assert.equal(over.status, 413);
});

test('a chunked request arrives whole, its trailer fields do not', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway } = await before(t, url);
  const answer = await raw(
    gateway.url,
    'POST /items HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: x-admin\r\nConnection: close\r\n\r\n' +
      '3\r\n{"i\r\n6\r\nd": 1}\r\n0\r\nx-admin: yes\r\n\r\n',
  );
  assert.match(answer, /^HTTP\/1\.1 201 /);
  assert.equal(seen[0]?.body.toString(), '{"id": 1}');
  assert.equal(seen[0]?.headers['content-length'], '9');
  assert.ok(!JSON.stringify(seen[0]).includes('x-admin'));
});

test('Expect: 100-continue is answered here and not handed on', async (t) => {
  const { url, seen } = await recorder(t);
  const { gateway } = await before(t, url);
  const answer = await raw(
    gateway.url,
    'POST /items HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\nContent-Length: 8\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n{"id":1}',
  );
  assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  assert.equal(seen[0]?.headers.expect, undefined);
});

test('fields of the upstream connection do not reach the caller', async (t) => {
  const url = await rawUpstream(t, (socket) => {
    socket.end(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\nConnection: close, x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nServer: secret/1.0\r\nX-Powered-By: secret\r\nX-Request-Id: theirs\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Kept: yes\r\n\r\n{"id":1}',
    );
  });
  const { gateway, events } = await before(t, url);
  const answer = await send(gateway.url, '/items');
  assert.equal(answer.text, '{"id":1}');
  for (const name of ['x-hop', 'proxy-authenticate', 'server', 'x-powered-by'])
    assert.equal(answer.headers[name], undefined, name);
  assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
  assert.equal(answer.headers['x-kept'], 'yes');
  assert.equal(answer.headers['x-request-id'], events[0]?.metadata.uid);
});
