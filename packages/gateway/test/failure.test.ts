// Upstreams that are away, slow, broken or hostile, and callers that go away: never a half-trusted body.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { before, httpUpstream, problem, rawUpstream, send, signal } from './stage.ts';

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

/** Bytes that an upstream may send in place of an answer that can be trusted. Each must become one clean 502. */
const unusable: Readonly<Record<string, string>> = {
  'ends before the head is whole': 'HTTP/1.1 200 OK\r\nContent-Type: appl',
  'ends in the middle of the body': `${head}Content-Length: 100\r\n\r\n{"id":1`,
  'ends in the middle of a chunk': `${head}Transfer-Encoding: chunked\r\n\r\n20\r\n{"id":1`,
  'ends before the last chunk': `${head}Transfer-Encoding: chunked\r\n\r\n8\r\n{"id":1}\r\n`,
  'sends a chunk length that is no number': `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{"id":1}\r\n0\r\n\r\n`,
  'sends two lengths': `${head}Content-Length: 8\r\nContent-Length: 9\r\n\r\n{"id":1}`,
  'sends a length and chunks': `${head}Content-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"id":1}\r\n0\r\n\r\n`,
  'sends a length that is no number': `${head}Content-Length: 8x\r\n\r\n{"id":1}`,
  'sends a length with a sign': `${head}Content-Length: +8\r\n\r\n{"id":1}`,
  'sends a field name with a space': `${head}X Y: 1\r\nContent-Length: 8\r\n\r\n{"id":1}`,
  'folds a field over two lines': `${head}X-Y: 1\r\n 2\r\nContent-Length: 8\r\n\r\n{"id":1}`,
  'sends fields without end': `${head}X-Y: ${'x'.repeat(200_000)}\r\n\r\n`,
  'speaks another protocol': 'SSH-2.0-OpenSSH_9.6\r\n\r\n',
  'answers 101 to a plain request':
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n{"id":1}',
  'sends what is not JSON': `${head}Content-Length: 8\r\n\r\n{"id":1;`,
  'sends JSON that is not in the schema': `${head}Content-Length: 10\r\n\r\n{"id":"1"}`,
  'sends JSON with a duplicate key': `${head}Content-Length: 15\r\n\r\n{"id":1,"id":2}`,
  'sends bytes that are not UTF-8': `${head}Content-Length: 20\r\n\r\n{"id":1,"name":"\xff\xfe"}`,
  'sends compressed bytes as JSON': `${head}Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00`,
  'answers with an undocumented media type':
    'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 8\r\n\r\n<secret>',
  'answers without a media type': 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n<secret>',
  'answers with an undocumented status':
    'HTTP/1.1 203 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"id":1}',
};

for (const [name, bytes] of Object.entries(unusable)) {
  test(`an upstream that ${name}: 502, and nothing of it leaves`, { timeout: 60_000 }, async (t) => {
    const url = await rawUpstream(t, (socket) => {
      socket.end(bytes, 'latin1');
    });
    const { gateway, events } = await before(t, url);
    const answer = await send(gateway.url, '/items');
    assert.equal(answer.status, 502);
    assert.equal(answer.cut, false);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.ok(['bad-gateway', 'response-withheld'].includes(problem(answer)));
    for (const inside of ['"id":1', 'secret', 'undici', 'HPE_', 'Parse', new URL(url).port])
      assert.ok(!answer.text.includes(inside), inside);
    assert.equal(events[0]?.http_response.code, 502);
    // The next request is not harmed by what the last one left behind.
    assert.equal((await send(gateway.url, '/items?limit=1000')).status, 400);
  });
}

test('an upstream that goes away after start: 502 with each request, and the gateway lives on', async (t) => {
  const url = await rawUpstream(t, (socket) => socket.destroy());
  const { gateway } = await before(t, url);
  for (let i = 0; i < 3; i++) {
    const answer = await send(gateway.url, '/items');
    assert.equal(answer.status, 502);
    assert.equal(problem(answer), 'bad-gateway');
  }
});

// promise: half-never-whole
test('a stream that breaks off is cut here too, so that half of it does not look whole', async (t) => {
  const url = await rawUpstream(t, (socket) => {
    socket.write(
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      () => socket.destroy(),
    );
  });
  const { gateway, events } = await before(t, url);
  const outcome = await send(gateway.url, '/feed').catch((error: NodeJS.ErrnoException) => error.code);
  if (typeof outcome === 'object') assert.ok(outcome.cut || outcome.status === 502);
  else assert.equal(outcome, 'ECONNRESET');
  assert.equal(events.length, 1);
  assert.equal(events[0]?.status_id, 2);
});

test('an upstream that says nothing: 504 after the configured time', async (t) => {
  const url = await rawUpstream(t, () => {});
  const { gateway } = await before(t, url, { timeouts: { head: 60 } });
  const answer = await send(gateway.url, '/items');
  assert.equal(answer.status, 504);
  assert.equal(problem(answer), 'timeout');
});

test('an upstream that stops in the middle of a checked body: 504', async (t) => {
  const url = await rawUpstream(t, (socket) => {
    socket.write(`${head}Content-Length: 100\r\n\r\n{"id":`);
  });
  const { gateway } = await before(t, url, { timeouts: { body: 60 } });
  const answer = await send(gateway.url, '/items');
  assert.equal(answer.status, 504);
  assert.equal(problem(answer), 'timeout');
});

test('an answer larger than what is checked is withheld, and the upstream is not read to its end', async (t) => {
  const closed = signal();
  const url = await rawUpstream(t, (socket) => {
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const more = (): void => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on('drain', more);
    socket.on('close', () => closed.fire());
    more();
  });
  const { gateway } = await before(t, url, { limits: { maxResponse: 1_000_000 } });
  const answer = await send(gateway.url, '/items');
  assert.equal(answer.status, 502);
  assert.equal(problem(answer), 'response-withheld');
  await closed.fired;
});

test('a caller that goes away ends the request at the upstream', async (t) => {
  const arrived = signal();
  const closed = signal();
  const url = await httpUpstream(t, (request, response) => {
    response.on('close', () => closed.fire());
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('first');
    arrived.fire();
  });
  const { gateway, events } = await before(t, url);
  const outgoing = httpRequest(`${gateway.url}/feed`, { agent: false }, (response) => {
    response.on('data', () => outgoing.destroy());
    response.on('error', () => {});
  });
  outgoing.on('error', () => {});
  outgoing.end();
  await arrived.fired;
  await closed.fired;
  assert.equal(events.length, 1);
});

test('a caller that goes away in the middle of its body reaches no upstream', async (t) => {
  let reached = 0;
  const url = await httpUpstream(t, (request, response) => {
    reached += 1;
    response.writeHead(201).end();
  });
  const ended = signal();
  const { gateway } = await before(t, url, { onEvent: () => ended.fire() });
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.url).port) });
  socket.on('error', () => {});
  socket.write(
    'POST /items HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"id":',
    () => socket.destroy(),
  );
  await ended.fired;
  assert.equal(reached, 0);
});

test('a slow reader holds the upstream back: the gateway does not keep the whole stream', async (t) => {
  const written = signal<number>();
  const url = await httpUpstream(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    let sent = 0;
    const chunk = Buffer.alloc(65_536);
    const more = (): void => {
      while (sent < 256 * 1024 * 1024) {
        sent += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', more);
          // Everybody's buffers are full when nothing drains for a while.
          clearTimeout(idle);
          idle = setTimeout(() => written.fire(sent), 300);
          return;
        }
      }
      written.fire(sent);
    };
    let idle: NodeJS.Timeout | undefined;
    more();
  });
  const { gateway } = await before(t, url);
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.url).port) });
  t.after(() => socket.destroy());
  socket.pause();
  socket.write('GET /files/a HTTP/1.1\r\nHost: api\r\n\r\n');
  const sent = await written.fired;
  assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken from the upstream`);
});

test('an HTTP/1.0 upstream, whose body ends with the connection, works', async (t) => {
  const url = await rawUpstream(t, (socket) => {
    socket.end('HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"id":1}');
  });
  const { gateway } = await before(t, url);
  for (let i = 0; i < 2; i++) {
    const answer = await send(gateway.url, '/items');
    assert.deepEqual([answer.status, answer.text], [200, '{"id":1}']);
  }
});

test('interim answers and trailer fields of the upstream stay here', async (t) => {
  const url = await rawUpstream(t, (socket) => {
    socket.write(
      `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${head}Trailer: x-t\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"id":1}\r\n0\r\nx-t: secret\r\n\r\n`,
    );
  });
  const { gateway } = await before(t, url);
  const answer = await send(gateway.url, '/items');
  assert.deepEqual([answer.status, answer.text], [200, '{"id":1}']);
  assert.equal(answer.headers.trailer, undefined);
  assert.equal(answer.headers['link'], undefined);
});

test('an upstream that says more than it announced harms no later answer', async (t) => {
  const url = await rawUpstream(t, (socket) => {
    socket.write(`${head}Content-Length: 8\r\n\r\n{"id":1}${head}Content-Length: 8\r\n\r\n{"id":666}`);
  });
  const { gateway } = await before(t, url);
  for (let i = 0; i < 3; i++) {
    const answer = await send(gateway.url, '/items');
    assert.ok(answer.status === 502 || answer.text === '{"id":1}', answer.text);
  }
});

test('HEAD, 204 and 304 pass without a body', async (t) => {
  const url = await rawUpstream(t, (socket, request) => {
    if (request.startsWith('HEAD')) socket.write(`${head}Content-Length: 8\r\n\r\n`);
    else if (request.startsWith('DELETE')) socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    else socket.write('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n');
  });
  const { gateway } = await before(t, url);
  const headed = await send(gateway.url, '/items', { method: 'HEAD' });
  assert.deepEqual([headed.status, headed.text, headed.headers['content-length']], [200, '', '8']);
  assert.equal((await send(gateway.url, '/items/1', { method: 'DELETE' })).status, 204);
  const unchanged = await send(gateway.url, '/items', { headers: { 'if-none-match': '"a"' } });
  assert.deepEqual([unchanged.status, unchanged.headers.etag], [304, '"a"']);
});
