// WebSocket upgrades on node:http and the frameworks that stand on it: let in where documented, with everything that any request is held to.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import express4or5 from 'express';
import Fastify from 'fastify';
import { createGuard, type Guard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { node, upgrades } from '@castellan/guard/node';

interface Socket {
  on(event: string, listener: (...args: readonly never[]) => void): void;
  send(text: string): void;
  close(): void;
}
const { WebSocket, WebSocketServer } = createRequire(import.meta.url)('ws') as {
  WebSocket: new (url: string, options?: object) => Socket;
  WebSocketServer: new (options: object) => {
    handleUpgrade(request: unknown, socket: unknown, head: unknown, done: (socket: Socket) => void): void;
  };
};

const contract = {
  openapi: '3.1.0',
  info: { title: 'Rooms', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/rooms/{room}/live': {
      get: {
        operationId: 'live',
        'x-castellan': { upgrade: 'websocket' },
        parameters: [
          { name: 'room', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'since', in: 'query', schema: { type: 'integer', default: 7 } },
        ],
        responses: { 101: { description: 'x' }, 200: { description: 'x' } },
      },
    },
    '/rooms': { get: { operationId: 'rooms', responses: { 204: { description: 'x' } } } },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
};
const authentication = { key: { verify: (key: string) => (key === 'good' ? { subject: 'ada' } : undefined) } };

const servers: Readonly<Record<string, (guard: Guard) => Server | Promise<Server>>> = {
  'node:http': (guard) => createServer(node(guard, (_request, response) => response.writeHead(204).end())),
  Express: (guard) => createServer(express4or5().use(express(guard))),
  async Fastify(guard) {
    const app = Fastify();
    await app.register(fastify(guard));
    await app.ready();
    return app.server;
  },
};

interface Opened {
  readonly said?: string;
  readonly status?: number;
  readonly event: GuardEvent;
}

async function serving(t: TestContext, kind: string, options: Partial<GuardOptions> = {}) {
  const events: GuardEvent[] = [];
  const told: ((event: GuardEvent) => void)[] = [];
  const guard = await createGuard({
    contract,
    authentication,
    onEvent(event) {
      events.push(event);
      told.shift()?.(event);
    },
    ...options,
  });
  const server = await servers[kind]?.(guard);
  assert.ok(server !== undefined);
  const sockets = new WebSocketServer({ noServer: true });
  server.on(
    'upgrade',
    upgrades(guard, (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (one) => {
        const { auth, params, query } = request;
        one.on('message', ((text: Buffer) => {
          one.send(JSON.stringify([auth?.subject, params, query, String(text)]));
          one.close();
        }) as never);
      }),
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await guard.end();
  });
  return async (path: string, headers: Readonly<Record<string, string>> = { 'x-key': 'good' }): Promise<Opened> => {
    const event = new Promise<GuardEvent>((resolve) => told.push(resolve));
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    const outcome = await new Promise<Omit<Opened, 'event'>>((resolve, reject) => {
      socket.on('open', () => socket.send('hello'));
      socket.on('message', ((text: Buffer) => resolve({ said: String(text) })) as never);
      socket.on('unexpected-response', ((_request: unknown, response: { statusCode: number }) =>
        resolve({ status: response.statusCode })) as never);
      socket.on('error', reject as never);
    });
    return { ...outcome, event: await event };
  };
}

for (const kind of Object.keys(servers))
  describe(kind, () => {
    test('let in, with who calls and what was decoded; one event when it ends', async (t) => {
      const open = await serving(t, kind);
      const { said, event } = await open('/rooms/5/live?since=3');
      assert.deepEqual(JSON.parse(said ?? ''), ['ada', { room: 5 }, { since: 3 }, 'hello']);
      assert.deepEqual([event.http_response.code, event.api.operation, event.actor.user?.uid], [101, 'live', 'ada']);
    });
    const refused: readonly (readonly [
      what: string,
      path: string,
      status: number,
      reason: string,
      headers?: object,
      options?: Partial<GuardOptions>,
    ])[] = [
      ['no credential', '/rooms/5/live', 401, 'no-credential', {}],
      ['a bad one', '/rooms/5/live', 401, 'verifier-refused', { 'x-key': 'bad' }],
      ['a bad path', '/rooms/five/live', 400, 'type'],
      ['an undocumented parameter', '/rooms/5/live?admin=1', 400, 'undocumented-parameter'],
      ['an undocumented path', '/other', 404, 'undocumented-path'],
      ['an operation that is none', '/rooms', 400, 'undocumented-upgrade'],
      ['a page of another origin', '/rooms/5/live', 403, 'cross-site-upgrade', { origin: 'https://evil.example' }],
      ['no origin at all', '/rooms/5/live', 403, 'cross-site-upgrade', { origin: 'null' }],
      ['too many', '/rooms/5/live', 429, 'address-limit', {}, { limits: { perAddress: '1/day' } }],
    ];
    for (const [what, path, status, reason, headers = {}, options] of refused)
      test(`refused: ${what}`, async (t) => {
        const open = await serving(t, kind, options);
        if (options !== undefined) await open('/rooms/5/live');
        const credential = status === 401 ? {} : { 'x-key': 'good' };
        const got = await open(path, { ...credential, ...(headers as Record<string, string>) });
        assert.equal(got.status, status);
        const { refused: why } = got.event.unmapped.castellan;
        if (options === undefined) assert.equal(why?.reason, reason);
      });
    for (const [what, origin, options] of [
      ['its own origin', undefined, {}],
      ['one that cors names', 'https://app.example', { cors: { origins: ['https://app.example'] } }],
      ['that of the option', 'https://api.example', { origin: 'https://api.example' }],
    ] as const)
      test(`a page of ${what}`, async (t) => {
        const open = await serving(t, kind, options);
        const self = origin ?? 'http://127.0.0.1';
        const headers = { 'x-key': 'good', origin: self, ...(origin === undefined ? { host: '127.0.0.1' } : {}) };
        assert.ok((await open('/rooms/5/live', headers)).said !== undefined);
        const other = await open('/rooms/5/live', { 'x-key': 'good', origin: 'https://api.example.evil' });
        assert.equal(other.status, 403);
      });
    test('under observe all pass, and the event says what enforce would do', async (t) => {
      const open = await serving(t, kind, { mode: 'observe' });
      const { said, event } = await open('/other', { origin: 'https://evil.example' });
      assert.ok(said !== undefined);
      assert.deepEqual(
        event.unmapped.castellan.observed?.map(({ reason }) => reason),
        ['undocumented-path', 'undocumented-upgrade'],
      );
    });
    test('what is outside passes', async (t) => {
      const open = await serving(t, kind, { outside: ['/hot-reload'] });
      assert.ok((await open('/hot-reload', {})).said !== undefined);
    });
    test('policies decide before it', async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'castellan-upgrades-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const policies = join(folder, 'a.cedar');
      writeFileSync(policies, 'permit (principal == User::"ada", action == Action::"live", resource);');
      const verify = (key: string) => ({ subject: key });
      const open = await serving(t, kind, { policies, authentication: { key: { verify } } });
      assert.ok((await open('/rooms/5/live', { 'x-key': 'ada' })).said !== undefined);
      assert.equal((await open('/rooms/5/live', { 'x-key': 'eve' })).status, 403);
    });
  });
