// What Node's parser refuses is answered by a problem with a request id and leaves an event, as what the guard refuses.
// promise: unparsed-told
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createGuard, type Guard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { answerUnparsed, node } from '@castellan/guard/node';
import { startGateway } from '@castellan/gateway';

const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  paths: {
    '/notes': { get: { responses: { 200: { description: 'All', content: { 'application/json': { schema: {} } } } } } },
  },
};

const good = 'GET /notes HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n';

/** What is no message for Node, what is said then, and with which status. */
const forms: readonly (readonly [name: string, bytes: string, status: number, reason: string])[] = [
  ['a space in a name', 'GET /notes HTTP/1.1\r\nHost: here\r\nBad Name: 1\r\n\r\n', 400, 'not-http'],
  ['a bare line feed in a value', 'GET /notes HTTP/1.1\r\nHost: here\r\nx: a\u0000b\r\n\r\n', 400, 'not-http'],
  ['another protocol', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001', 400, 'not-http'],
  [
    'two lengths',
    'POST /notes HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    400,
    'not-http',
  ],
  [
    'a broken chunk',
    'POST /notes HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
    'not-http',
  ],
  ['too large', `GET /notes HTTP/1.1\r\nHost: here\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`, 431, 'parser-limit'],
  ['CONNECT', 'CONNECT there:443 HTTP/1.1\r\nHost: there:443\r\n\r\n', 400, 'connect'],
  [
    'an expectation',
    'GET /notes HTTP/1.1\r\nHost: here\r\nExpect: more\r\nConnection: close\r\n\r\n',
    417,
    'expectation',
  ],
];

interface Started {
  readonly port: number;
  readonly events: GuardEvent[];
  readonly server?: Server;
  readonly guard?: Guard;
}

async function application(t: TestContext, options: Partial<GuardOptions> = {}, at = true): Promise<Started> {
  const events: GuardEvent[] = [];
  const guard = await createGuard({ contract, onEvent: (event) => events.push(event), ...options });
  const server = createServer(
    node(guard, (_, response) => response.setHeader('content-type', 'application/json').end('[]')),
  );
  if (at) answerUnparsed(guard, server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await guard.end();
  });
  return { port: (server.address() as AddressInfo).port, events, server, guard };
}

async function gateway(t: TestContext): Promise<Started> {
  const events: GuardEvent[] = [];
  const upstream = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end('[]');
  });
  await new Promise<void>((resolve) => {
    upstream.listen(0, '127.0.0.1', resolve);
  });
  const started = await startGateway({
    contract,
    upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    port: 0,
    onEvent: (event) => events.push(event),
  });
  t.after(async () => {
    await started.close();
    upstream.closeAllConnections();
    upstream.close();
  });
  return { port: Number(new URL(started.url).port), events };
}

/** All that comes back until the connection ends. */
function said(port: number, ...parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    for (const part of parts) socket.write(part, 'latin1');
  });
}

for (const [where, start] of [
  ['application', application],
  ['gateway', gateway],
] as const)
  test(`${where}: every form has a problem, an id, and an event`, async (t) => {
    const { port, events } = await start(t);
    for (const [name, bytes, status, reason] of forms) {
      events.length = 0;
      const answer = await said(port, bytes);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), name);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      const problem = JSON.parse(body) as { requestId: string; status: number };
      assert.equal(problem.status, status, name);
      assert.match(head, /content-type: application\/problem\+json/i, name);
      assert.match(head.toLowerCase(), new RegExp(`x-request-id: ${problem.requestId.toLowerCase()}`), name);
      const [event] = events;
      assert.equal(events.length, 1, name);
      assert.equal(event?.metadata.uid, problem.requestId, name);
      assert.equal(event?.http_response.code, status, name);
      assert.equal(event?.src_endpoint.ip, '127.0.0.1', name);
      assert.equal(event?.unmapped.castellan.refused?.reason, reason, name);
      assert.ok(!JSON.stringify(event).includes('there:443') || reason === 'connect', name);
    }
    assert.match(await said(port, good), /^HTTP\/1\.1 200 /);
  });

test('the server of the first request is seen to without a call', async (t) => {
  const { port, events } = await application(t, {}, false);
  assert.match(await said(port, good), /^HTTP\/1\.1 200 /);
  assert.match(await said(port, forms[0]?.[1] ?? ''), /problem\+json/);
  assert.equal(events.length, 2);
});

test('observe: the bytes are those of the bare server, and the event is there', async (t) => {
  const bare = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end('[]');
  });
  await new Promise<void>((resolve) => {
    bare.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => bare.close());
  const { port, events } = await application(t, { mode: 'observe' });
  for (const [name, bytes] of forms) {
    events.length = 0;
    const undated = (text: string): string => text.replace(/^(date|keep-alive): .*\r\n/gim, '');
    assert.equal(
      undated(await said(port, bytes)),
      undated(await said((bare.address() as AddressInfo).port, bytes)),
      name,
    );
    assert.equal(events.length, 1, name);
  }
});

test("an application's own listener answers, and the guard records", async (t) => {
  const { port, events, server } = await application(t);
  server?.on('clientError', (_, socket) => {
    socket.end('HTTP/1.1 400 Mine\r\n\r\n');
  });
  assert.equal(await said(port, forms[0]?.[1] ?? ''), 'HTTP/1.1 400 Mine\r\n\r\n');
  assert.equal(events.length, 1);
});

test('nothing is written where another answer is under way', async (t) => {
  let release = (): void => undefined;
  const guard = await createGuard({ contract, onEvent: () => release() });
  const server = createServer(
    node(guard, async (_, response) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      response.setHeader('content-type', 'application/json').end('[]');
    }),
  );
  answerUnparsed(guard, server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(async () => {
    server.close();
    await guard.end();
  });
  const { port } = server.address() as AddressInfo;
  const answer = await said(port, 'GET /notes HTTP/1.1\r\nHost: here\r\n\r\nno message\r\n\r\n');
  assert.equal(answer, '');
});

test('connections on which nothing was said leave no event', async (t) => {
  const { port, events } = await application(t);
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end());
    socket.on('close', () => resolve());
    socket.resume();
  });
  assert.equal(events.length, 0);
});
