// Callers and upstreams that take their time: nobody is kept waiting by them, and nothing is kept for ever.
// promise: slow-readers
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { before, httpUpstream, problem, send, signal } from './stage.ts';

const stream = (type: string, schema = 'schema'): object => ({ [type]: { [schema]: { type: 'string' } } });
const get = (content: object): object => ({ get: { responses: { 200: { description: '', content } } } });
const contract = {
  openapi: '3.2.0',
  info: { title: 'Slow', version: '1' },
  paths: {
    '/ping': get({ 'application/json': { schema: { type: 'object' } } }),
    '/slow': get({ 'application/json': { schema: { type: 'object' } } }),
    '/events': get(stream('text/event-stream')),
    '/items': get({ 'application/jsonl': { itemSchema: { type: 'object' } } }),
    '/bytes': get({ 'application/octet-stream': {} }),
  },
};

/** An upstream that answers `/ping` at once and holds everything else in `held`, in order. */
async function holding(t: TestContext): Promise<{ url: string; next: () => Promise<ServerResponse> }> {
  const waiting: ((response: ServerResponse) => void)[] = [];
  const held: ServerResponse[] = [];
  const url = await httpUpstream(t, (request, response) => {
    if (request.url === '/ping') response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    else {
      const taker = waiting.shift();
      if (taker === undefined) held.push(response);
      else taker(response);
    }
  });
  return {
    url,
    next: () => {
      const ready = held.shift();
      return ready === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(ready);
    },
  };
}

function subscribe(
  t: TestContext,
  base: string,
  path: string,
): { socket: Socket; text: (part: string) => Promise<void> } {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  t.after(() => socket.destroy());
  let seen = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => (seen += chunk.toString('latin1')));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  return {
    socket,
    async text(part) {
      while (!seen.includes(part)) await once(socket, 'data');
    },
  };
}

for (const [path, type, piece] of [
  ['/events', 'text/event-stream', 'data: hello\n\n'],
  ['/items', 'application/jsonl', '{"a":1}\n'],
] as const)
  test(`those who listen to ${path} are not in the way of others`, async (t) => {
    const { url, next } = await holding(t);
    const { gateway } = await before(t, url, { contract, capacity: { connections: 2, streams: 20, queue: 0 } });
    for (let i = 0; i < 20; i++) {
      const listener = subscribe(t, gateway.url, path);
      (await next()).writeHead(200, { 'content-type': type }).write(piece);
      await listener.text(piece.trim());
    }
    assert.equal((await send(gateway.url, '/ping')).status, 200);
    const one = await send(gateway.url, path);
    assert.equal(one.status, 503);
    assert.equal(problem(one), 'unavailable');
  });

test(
  'requests beyond the capacity wait in turn, and not for ever nor in any number',
  { timeout: 20_000 },
  async (t) => {
    const { url, next } = await holding(t);
    const { gateway } = await before(t, url, {
      contract,
      capacity: { connections: 1, queue: 1 },
      timeouts: { queue: 5000 },
    });
    const answer = (response: ServerResponse): unknown =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    const first = send(gateway.url, '/slow');
    const held = await next();
    const second = send(gateway.url, '/ping');
    // Whichever of the two comes later finds the queue full; the other gets its turn.
    const third = send(gateway.url, '/ping');
    const refused = await Promise.race([second, third]);
    assert.equal(refused.status, 503);
    answer(held);
    assert.equal((await first).status, 200);
    assert.deepEqual([(await second).status, (await third).status].sort(), [200, 503]);
    assert.equal((await send(gateway.url, '/ping')).status, 200, 'the place is free again');

    const { gateway: impatient } = await before(t, url, {
      contract,
      capacity: { connections: 1 },
      timeouts: { queue: 20 },
    });
    const blocking = send(impatient.url, '/slow');
    const blocked = await next();
    const late = await send(impatient.url, '/ping');
    assert.equal(late.status, 503);
    answer(blocked);
    assert.equal((await blocking).status, 200);
    assert.equal((await send(impatient.url, '/ping')).status, 200);
  },
);

for (const mode of ['enforce', 'observe'] as const)
  test(`an event stream may be silent, any other answer only for so long where it counts, ${mode}`, async (t) => {
    const { url, next } = await holding(t);
    const { gateway } = await before(t, url, { contract, mode, timeouts: { body: 30, stream: 60_000 } });
    const listener = subscribe(t, gateway.url, '/events');
    const held = await next();
    held.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n');
    await listener.text('data: one');
    // Meanwhile the limit of other answers has passed; who only observes has none of his own.
    const half = send(gateway.url, '/slow');
    const slow = await next();
    slow.writeHead(200, { 'content-type': 'application/json' }).write('{"a":');
    const { gateway: enforcing } = await before(t, url, { contract, timeouts: { body: 30 } });
    const other = send(enforcing.url, '/slow');
    (await next()).writeHead(200, { 'content-type': 'application/json' }).write('{"a":');
    assert.equal((await other).status, 504);
    if (mode === 'observe') slow.end('1}');
    const { status, text } = await half;
    if (mode === 'observe') assert.deepEqual({ status, text }, { status: 200, text: '{"a":1}' });
    else assert.equal(status, 504);
    held.end('data: two\n\n');
    await listener.text('data: two');

    const { gateway: strict } = await before(t, url, { contract, mode, timeouts: { stream: 30 } });
    const silent = send(strict.url, '/events');
    (await next()).writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n');
    assert.equal((await silent).cut, true);
  });

for (const path of ['/bytes', '/slow', '/events'])
  test(
    `a caller that does not read ${path} loses its connection, and the upstream its wait`,
    { timeout: 20_000 },
    async (t) => {
      const { url, next } = await holding(t);
      const { gateway, events } = await before(t, url, { contract, timeouts: { send: 200, body: 60_000 } });
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      t.after(() => socket.destroy());
      socket.on('error', () => {});
      socket.pause();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const held = await next();
      const gone = signal();
      held.once('close', () => gone.fire());
      if (path === '/slow') {
        held.writeHead(200, { 'content-type': 'application/json' });
        // Whole at the gateway, and more than the system takes for a caller.
        held.end(JSON.stringify({ a: 'x'.repeat(12_000_000) }));
      } else {
        held.writeHead(200, { 'content-type': path === '/bytes' ? 'application/octet-stream' : 'text/event-stream' });
        const piece = path === '/bytes' ? Buffer.alloc(1 << 20) : `data: ${'x'.repeat(1 << 20)}\n\n`;
        const more = (): void => {
          while (!held.destroyed && held.write(piece));
        };
        held.on('drain', more);
        more();
      }
      await gone.fired;
      // Nothing but line ends, which mean nothing: that it still sends is no reason to keep it.
      await new Promise<void>((resolve) => {
        const knock = setInterval(() => socket.write('\r\n'), 1);
        socket.once('close', () => {
          clearInterval(knock);
          resolve();
        });
      });
      assert.equal((await send(gateway.url, '/ping')).status, 200);
      assert.ok(events.length >= 1);
    },
  );

test('limits that are none are said at start', async (t) => {
  const { url } = await holding(t);
  const wrong = [
    ...['connect', 'head', 'body', 'stream', 'queue', 'send'].flatMap((name) =>
      [0, -1, 0.5, NaN, Infinity, 2 ** 31, 'soon', null, true].map((value) => ({ timeouts: { [name]: value } })),
    ),
    ...['connections', 'streams', 'queue'].flatMap((name) =>
      [-1, 0.5, NaN, 'many', null, {}].map((value) => ({ capacity: { [name]: value } })),
    ),
    { capacity: { connections: 0 } },
    { timeouts: { idle: 1 } },
    { capacity: { pool: 1 } },
  ];
  for (const options of wrong)
    await assert.rejects(
      before(t, url, { contract, ...(options as object) }),
      (error) => error instanceof CastellanError && /^(?:bad|unknown)-option$/.test(error.code),
      JSON.stringify(options),
    );
});
