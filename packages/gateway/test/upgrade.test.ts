// WebSockets through the gateway: joined with the upstream's where the document says so, or nothing is enforced.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import { connect } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import type { GatewayOptions } from '@castellan/gateway';
import { before } from './stage.ts';

interface Socket {
  on(event: string, listener: (...args: readonly never[]) => void): void;
  once(event: string, listener: (...args: readonly never[]) => void): void;
  send(data: string | Buffer): void;
  close(code?: number): void;
  readonly protocol: string;
}
const { WebSocket, WebSocketServer } = createRequire(import.meta.url)('ws') as {
  WebSocket: new (url: string, protocols?: readonly string[], options?: object) => Socket;
  WebSocketServer: new (options: object) => {
    handleUpgrade(request: unknown, socket: unknown, head: unknown, done: (socket: Socket) => void): void;
  };
};

const live = (words: object): object => ({
  openapi: '3.1.0',
  info: { title: 'Rooms', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/rooms/{room}': {
      get: {
        operationId: 'live',
        ...words,
        parameters: [{ name: 'room', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { 200: { description: 'x', content: { 'text/plain': {} } } },
      },
      post: {
        operationId: 'say',
        requestBody: { content: { 'text/plain': { schema: { type: 'string' } } } },
        parameters: [{ name: 'room', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { 200: { description: 'x', content: { 'text/plain': {} } } },
      },
    },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
});
const documented = live({ 'x-castellan': { upgrade: 'websocket' } }) as GatewayOptions['contract'];
const undocumented = live({}) as GatewayOptions['contract'];
const authentication = { key: { keys: { 'a-good-key-of-32-characters-xxxxxx': { subject: 'ada' } } } };
const key = 'a-good-key-of-32-characters-xxxxxx';

/** An upstream that gives back what it gets, and knows how it was asked. */
async function echo(t: TestContext, refuses?: number) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => response.writeHead(200, { 'content-type': 'text/plain' }).end(`plain ${text}`));
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'second' });
  const open = new Set<NetSocket>();
  server.on('upgrade', (request, socket, head) => {
    asked.push(request);
    open.add(socket as NetSocket);
    if (refuses !== undefined) {
      socket.end(`HTTP/1.1 ${refuses} No\r\nx-inner: 10.0.0.1\r\ncontent-length: 6\r\n\r\nsecret`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (one) => {
      one.on('message', ((data: Buffer, binary: boolean) => one.send(binary ? data : String(data))) as never);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

interface Opened {
  readonly socket?: Socket;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function open(url: string, path: string, headers: object = { 'x-key': key }): Promise<Opened> {
  const socket = new WebSocket(url.replace('http', 'ws') + path, ['first', 'second'], { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ socket }));
    socket.once('unexpected-response', ((_: unknown, response: IncomingMessage) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers as never, body }));
    }) as never);
    socket.once('error', reject as never);
  });
}

const said = (socket: Socket, data: string | Buffer): Promise<Buffer> =>
  new Promise((resolve) => {
    socket.once('message', ((text: Buffer) => resolve(text)) as never);
    socket.send(data);
  });
const closed = (socket: Socket): Promise<number> =>
  new Promise((resolve) => socket.once('close', ((code: number) => resolve(code)) as never));

test('a documented one is joined, both ways, with what was said and who calls', async (t) => {
  const { url, asked } = await echo(t);
  const { gateway, events } = await before(t, url, { contract: documented, authentication });
  const { socket } = await open(gateway.url, '/rooms/5');
  assert.ok(socket !== undefined);
  assert.equal(socket.protocol, 'second');
  for (const size of [0, 1, 125, 126, 65_536, 1_000_000])
    assert.equal((await said(socket, Buffer.alloc(size, 1))).length, size);
  assert.equal(String(await said(socket, 'hello')), 'hello');
  const [request] = asked;
  assert.equal(request?.url, '/rooms/5');
  assert.equal(request.headers['x-forwarded-for'], '127.0.0.1');
  assert.ok(request.headers['castellan-context'] !== undefined);
  assert.equal(events.length, 0);
  const end = closed(socket);
  socket.close(1000);
  assert.equal(await end, 1000);
  await gateway.close();
  assert.deepEqual([events[0]?.http_response.code, events[0]?.actor.user?.uid], [101, 'ada']);
});

describe('refused', () => {
  const calls: readonly (readonly [
    what: string,
    path: string,
    headers: object,
    status: number,
    contract?: GatewayOptions['contract'],
  ])[] = [
    ['no credential', '/rooms/5', {}, 401],
    ['a bad path', '/rooms/five', { 'x-key': key }, 400],
    ['an undocumented path', '/other', { 'x-key': key }, 404],
    ['a page of another origin', '/rooms/5', { 'x-key': key, origin: 'https://evil.example' }, 403],
  ];
  for (const [what, path, headers, status] of calls)
    test(what, async (t) => {
      const { url, asked } = await echo(t);
      const { gateway, events } = await before(t, url, { contract: documented, authentication });
      const got = await open(gateway.url, path, headers);
      assert.equal(got.status, status);
      assert.match(got.headers?.['content-type'] ?? '', /json/);
      assert.deepEqual([asked.length, events.length, events[0]?.http_response.code], [0, 1, status]);
    });
  for (const status of [401, 403, 404, 503])
    test(`by the upstream with ${status}: the status, and nothing of the inside`, async (t) => {
      const { url } = await echo(t, status);
      const { gateway } = await before(t, url, { contract: documented, authentication });
      const got = await open(gateway.url, '/rooms/5');
      assert.deepEqual([got.status, got.body, got.headers?.['x-inner']], [status, '', undefined]);
    });
  test('by nobody: the upstream is away', async (t) => {
    const { url } = await echo(t);
    const { gateway } = await before(t, url, { contract: documented, authentication });
    await gateway.reload();
    const { url: gone } = await echo(t);
    await gateway.reload({ contract: documented, authentication, upstream: gone, port: 0 });
    assert.ok((await open(gateway.url, '/rooms/5')).socket !== undefined);
  });
});

test('an undocumented one is an ordinary request', async (t) => {
  const { url, asked } = await echo(t);
  const { gateway } = await before(t, url, { contract: undocumented, authentication });
  const got = await open(gateway.url, '/rooms/5');
  assert.deepEqual([got.status, got.body, asked.length], [200, 'plain ', 0]);
});

test('under observe all are joined, and refusals of the upstream come as they are', async (t) => {
  const { url } = await echo(t);
  const { gateway } = await before(t, url, { contract: undocumented, authentication, mode: 'observe' });
  const { socket } = await open(gateway.url, '/other?x=1', {});
  assert.ok(socket !== undefined);
  assert.equal(String(await said(socket, 'hello')), 'hello');
  socket.close();
  const { url: refusing } = await echo(t, 403);
  const { gateway: other } = await before(t, refusing, { contract: undocumented, authentication, mode: 'observe' });
  const got = await open(other.url, '/other', {});
  assert.deepEqual([got.status, got.body, got.headers?.['x-inner']], [403, 'secret', '10.0.0.1']);
});

test('other upgrades go on as ordinary requests, with their bodies', async (t) => {
  const { url } = await echo(t);
  for (const contract of [documented, undocumented]) {
    const { gateway } = await before(t, url, { contract, authentication });
    const { hostname, port } = new URL(gateway.url);
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname);
      let all = '';
      socket.on('data', (chunk) => (all += String(chunk)));
      socket.on('close', () => resolve(all));
      socket.write(
        `POST /rooms/5 HTTP/1.1\r\nHost: a\r\nx-key: ${key}\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc`,
      );
    });
    // A Node.js that gives an upgrade away whole has lost the body: that is told.
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const asks = major > 24 || (major === 24 && minor >= 9);
    assert.match(text, asks ? /^HTTP\/1\.1 200 [^]*plain abc/ : /^HTTP\/1\.1 (?:200|400) /);
  }
});

test('what is open ends with the gateway, and with the upstream', async (t) => {
  const { url } = await echo(t);
  const { gateway } = await before(t, url, { contract: documented, authentication });
  const { socket } = await open(gateway.url, '/rooms/5');
  assert.ok(socket !== undefined);
  const end = closed(socket);
  await gateway.close();
  assert.equal(await end, 1006);
});

test('silence ends it after timeouts.stream', async (t) => {
  const { url } = await echo(t);
  const { gateway } = await before(t, url, { contract: documented, authentication, timeouts: { stream: 100 } });
  const { socket } = await open(gateway.url, '/rooms/5');
  assert.ok(socket !== undefined);
  assert.equal(await closed(socket), 1006);
});
