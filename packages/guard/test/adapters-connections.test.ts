// Connections that end early, answers that break off, bodies that nobody reads: one behaviour, every framework.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { Recorded } from './adapters/recorded.ts';
import { servers, type Started } from './adapters/servers.ts';
import { raw, send } from './client.ts';
import type { Application, Reply } from './contract.ts';

const object = { 'application/json': { schema: { type: 'object' } } };
const operation = (operationId: string, content: object, security: object[] = []): object => ({
  operationId,
  security,
  responses: { 200: { description: 'ok', content } },
});
const contract = {
  openapi: '3.2.0',
  info: { title: 'Connections', version: '1' },
  paths: {
    '/json': {
      get: operation('getJson', object),
      post: { ...operation('postJson', object), requestBody: { required: true, content: object } },
    },
    '/closed': {
      post: { ...operation('postClosed', object, [{ key: [] }]), requestBody: { required: true, content: object } },
    },
    '/gone': { delete: { operationId: 'gone', security: [], responses: { 204: { description: 'Gone' } } } },
    '/breaks/{kind}': {
      get: {
        ...operation('breaks', {
          ...object,
          'application/octet-stream': {},
          'application/jsonl': { itemSchema: { type: 'object' } },
        }),
        parameters: [{ name: 'kind', in: 'path', required: true, schema: { type: 'string', maxLength: 10 } }],
      },
    },
    '/waits': { get: operation('waits', object) },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
};

const types: Readonly<Record<string, string>> = {
  bytes: 'application/octet-stream',
  items: 'application/jsonl',
  json: 'application/json',
};

async function* breaking(): AsyncGenerator<string> {
  yield '{"n":1}\n';
  await new Promise((resolve) => setImmediate(resolve));
  throw new Error('secret inside');
}

/** Handlers that wait until the test lets them go on. */
const waiting: (() => void)[] = [];
let reached: () => void = () => {};

const big = Array.from({ length: 100 }, () => 'x'.repeat(30_000));
const routes: Application = {
  getJson: { method: 'get', path: '/json', handle: () => ({ status: 200, body: { big } }) },
  postJson: {
    method: 'post',
    path: '/json',
    handle: ({ body }) => ({ status: 200, body: { size: (body as { big: string[] }).big.join('').length } }),
  },
  postClosed: { method: 'post', path: '/closed', handle: () => ({ status: 200, body: {} }) },
  gone: { method: 'delete', path: '/gone', handle: () => ({ status: 204 }) },
  breaks: {
    method: 'get',
    path: '/breaks/:kind',
    handle: ({ params }) => ({ status: 200, type: types[String(params['kind'])] ?? '', stream: breaking() }),
  },
  waits: {
    method: 'get',
    path: '/waits',
    handle: () =>
      new Promise<Reply>((resolve) => {
        waiting.push(() => resolve({ status: 200, body: {} }));
        reached();
      }),
  },
};

/** What comes of an answer, and whether it came to its end. */
function readAll(url: string): Promise<{ status: number; text: string; whole: boolean }> {
  return new Promise((resolve) => {
    const outgoing = httpRequest(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      const done = (): void => resolve({ status: response.statusCode ?? 0, text, whole: response.complete });
      response.on('error', () => {});
      response.on('close', done);
    });
    outgoing.on('error', () => resolve({ status: 0, text: '', whole: false }));
    outgoing.end();
  });
}

function sendKept(agent: Agent, url: string, method: string, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
    const outgoing = httpRequest(url, { agent, method, headers }, (response: IncomingMessage) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

for (const [name, start] of Object.entries(servers)) {
  describe(`${name}: connections`, () => {
    let guard: Guard;
    let server: Started;
    const recorded = new Recorded();

    before(async () => {
      const authentication = { key: { keys: { 'a-key-of-some-length': { subject: 'ada' } } } };
      guard = await createGuard({ contract, authentication, limits: { maxBody: 4_000_000 }, onEvent: recorded.add });
      server = await start(guard, routes);
    });
    after(async () => {
      await server.close();
      await guard.end();
    });

    test('HEAD is GET without its body; 204 has neither body nor length', { timeout: 60_000 }, async () => {
      const get = await raw(server.url, 'GET /json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      const head = await raw(server.url, 'HEAD /json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      const fields = (answer: string): string[] =>
        (answer.split('\r\n\r\n')[0] ?? '')
          .toLowerCase()
          .split('\r\n')
          .filter((line) => !/^(?:date|x-request-id|content-length|transfer-encoding):/.test(line))
          .sort();
      assert.match(head, /\r\n\r\n$/);
      assert.deepEqual(fields(head), fields(get));
      const gone = await raw(server.url, 'DELETE /gone HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      assert.match(gone, /^HTTP\/1\.1 204 [^]*\r\n\r\n$/);
      assert.doesNotMatch(gone, /\r\n(?:content-length|transfer-encoding|content-type):/i);
      for (let i = 0; i < 3; i++) assert.equal((await recorded.next()).unmapped.castellan.refused, undefined);
    });

    test('big bodies arrive whole, both ways', { timeout: 60_000 }, async () => {
      const body = JSON.stringify({ big });
      const answer = await send(server.url, '/json', { method: 'POST', body });
      assert.deepEqual(answer.json, { size: 3_000_000 });
      assert.equal((await send(server.url, '/json')).text, body);
      for (let i = 0; i < 2; i++) assert.equal((await recorded.next()).http_response.code, 200);
    });

    for (const kind of ['bytes', 'items', 'json']) {
      test(`a stream of ${kind} that fails does not look whole, and tells nothing`, { timeout: 60_000 }, async () => {
        const answer = await readAll(`${server.url}/breaks/${kind}`);
        if (answer.status >= 500) assert.match(answer.text, /#internal-error/);
        else assert.equal(answer.whole, false);
        assert.doesNotMatch(answer.text, /secret/);
        const event = await recorded.next();
        assert.equal(event.api.operation, 'breaks');
        assert.equal(recorded.left, 0);
      });
    }

    test(
      'a caller that goes away in its body is recorded once, and reaches no handler',
      { timeout: 4_000 },
      async () => {
        const { hostname, port } = new URL(server.url);
        const socket = connect({ host: hostname, port: Number(port) });
        socket.write(
          'POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"big"',
        );
        await once(socket, 'connect');
        socket.end();
        const event = await recorded.next();
        assert.equal(event.api.operation, 'postJson');
        assert.equal(event.unmapped.castellan.refused?.reason, 'body-aborted');
        assert.equal(recorded.left, 0);
        socket.destroy();
      },
    );

    test('a caller that goes away before its answer is recorded once, as cut', { timeout: 60_000 }, async () => {
      const there = new Promise<void>((resolve) => (reached = resolve));
      const outgoing = httpRequest(`${server.url}/waits`, { agent: false });
      outgoing.on('error', () => {});
      outgoing.end();
      await there;
      outgoing.destroy();
      const closed = await send(server.url, '/gone', { method: 'DELETE' });
      assert.equal(closed.status, 204);
      waiting.shift()?.();
      const events = [await recorded.next(), await recorded.next()];
      const cut = events.find((event) => event.api.operation === 'waits');
      assert.equal(cut?.http_response.code, 0);
      assert.equal(recorded.left, 0);
    });

    test('after a refusal whose body nobody read the connection is still good', { timeout: 60_000 }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (const body of ['{}', JSON.stringify({ big }), JSON.stringify({ big: [...big, ...big] })]) {
          assert.equal(await sendKept(agent, `${server.url}/closed`, 'POST', body), 401);
          assert.equal(await sendKept(agent, `${server.url}/gone`, 'DELETE'), 204);
          assert.equal(
            await sendKept(agent, `${server.url}/json`, 'POST', JSON.stringify({ big: [...big, ...big] })),
            413,
          );
          assert.equal(await sendKept(agent, `${server.url}/gone`, 'DELETE'), 204);
          for (let i = 0; i < 4; i++) await recorded.next();
        }
      } finally {
        agent.destroy();
      }
    });
  });
}
