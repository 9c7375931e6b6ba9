// What no contract names is refused, removed or passed, as it is set; what reaches the application is what was decided, in every server.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { serve } from '@hono/node-server';
import express5 from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { fetchGuard } from '@castellan/guard/fetch';
import { hono } from '@castellan/guard/hono';
import { koa } from '@castellan/guard/koa';
import { node } from '@castellan/guard/node';
import { startGateway } from '@castellan/gateway';

interface Reached {
  readonly url: string;
  readonly body: string;
}
interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}
interface Running {
  readonly url: string;
  readonly close: () => unknown;
}

let reached: Reached | undefined;
let reply: Reply = { status: 200, type: 'application/json', body: '{}' };
const json = (body: unknown, status = 200): Reply => ({ status, type: 'application/json', body: JSON.stringify(body) });
const pathOf = (url: string): string => url.replace(/^http:\/\/[^/]+/, '');

async function listening(listener: RequestListener): Promise<Running> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

type App = RequestListener & { use: (...given: unknown[]) => unknown };
interface Parsed extends IncomingMessage {
  readonly originalUrl: string;
}
interface Writing {
  status: (code: number) => { set: (name: string, value: string) => { send: (body: string) => void } };
}
function expressApp(create: () => App, text: () => unknown) {
  return async (options: GuardOptions): Promise<Running> => {
    const app = create();
    app.use(express(await createGuard(options)));
    app.use((request: { body?: unknown }, _: unknown, next: () => void) => {
      delete request.body;
      next();
    });
    app.use(text());
    app.use((request: Parsed & { body?: unknown }, response: Writing) => {
      reached = { url: request.originalUrl, body: typeof request.body === 'string' ? request.body : '' };
      response.status(reply.status).set('content-type', reply.type).send(reply.body);
    });
    return listening(app);
  };
}
const plain: RequestListener = (request, response) => {
  void textOf(request).then((body) => {
    reached = { url: request.url ?? '', body };
    response.writeHead(reply.status, { 'content-type': reply.type }).end(reply.body);
  });
};

const servers: Readonly<Record<string, (options: GuardOptions) => Promise<Running>>> = {
  'node:http': async (options) => listening(node(await createGuard(options), plain)),
  'Express 5': expressApp(express5 as unknown as () => App, () => express5.text({ type: () => true })),
  'Express 4': expressApp(express4 as unknown as () => App, () => express5.text({ type: () => true })),
  async Fastify(options) {
    const app = Fastify();
    await app.register(fastify(await createGuard(options)));
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
      reached = { url: request.url, body: String(body) };
      done(null, {});
    });
    app.all('/notes', (request, response) => {
      if (request.method === 'GET') reached = { url: request.url, body: '' };
      void response.code(reply.status).header('content-type', reply.type).send(reply.body);
    });
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
  },
  async Koa(options) {
    const app = new Koa();
    app.use(koa(await createGuard(options)) as never);
    app.use(async (context) => {
      reached = { url: context.url, body: await textOf(context.req) };
      context.status = reply.status;
      context.body = reply.body;
      context.type = reply.type;
    });
    return listening(app.callback());
  },
  async Hono(options) {
    const app = new Hono();
    app.use(hono(await createGuard(options)) as never);
    app.all('/notes', async (context) => {
      reached = { url: pathOf(context.req.raw.url), body: await context.req.raw.text() };
      return new Response(reply.body, { status: reply.status, headers: { 'content-type': reply.type } });
    });
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
  },
  async fetch(options) {
    const handle = fetchGuard(await createGuard(options), async (request) => {
      reached = { url: pathOf(request.url), body: await request.text() };
      return new Response(reply.body, { status: reply.status, headers: { 'content-type': reply.type } });
    });
    const server = serve({ fetch: (request: Request) => handle(request), port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
  },
  async gateway(options) {
    const upstream = await listening(plain);
    const gateway = await startGateway({ ...options, upstream: upstream.url, port: 0, watch: false });
    return {
      url: gateway.url,
      async close() {
        await gateway.close();
        await upstream.close();
      },
    };
  },
};

const note = (closed: boolean): object => ({
  type: 'object',
  required: ['text'],
  ...(closed ? { additionalProperties: false } : {}),
  properties: {
    text: { type: 'string' },
    size: { type: 'number', default: 1 },
    of: { type: 'object', properties: { id: { type: 'integer' } } },
  },
});
const document = (closed: boolean): Record<string, unknown> => {
  const content = { 'application/json': { schema: note(closed) } };
  const responses = {
    200: { description: 'ok', content },
    404: { description: 'none', content: { 'application/json': {} } },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Notes', version: '1' },
    paths: {
      '/notes': {
        get: {
          operationId: 'listNotes',
          parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
          responses,
        },
        post: { operationId: 'createNote', requestBody: { required: true, content }, responses },
      },
    },
  };
};
const body = '{ "text": "é", "admin":true, "size": 1.50, "of": {"id":12345678901234567890, "x/y": [1]} }';
const cut = '{ "text": "é", "size": 1.50, "of": {"id":12345678901234567890} }';

for (const [name, start] of Object.entries(servers))
  for (const closed of [false, true])
    for (const done of ['refuse', 'remove', 'pass'] as const)
      describe(`${name}, ${closed ? 'closed' : 'open'} schemas, ${done}`, () => {
        let server: Running;
        const events: GuardEvent[] = [];
        before(async () => {
          const all = {
            parameters: done,
            requestProperties: done,
            responseProperties: done,
            statuses: done,
            mediaTypes: done,
          };
          server = await start({
            contract: document(closed),
            undocumented: all,
            onEvent: (event) => events.push(event),
          });
        });
        after(() => server.close());

        async function ask(query: string, sent?: string) {
          reached = undefined;
          events.length = 0;
          const response = await fetch(
            `${server.url}/notes${query}`,
            sent === undefined ? {} : { method: 'POST', body: sent, headers: { 'content-type': 'application/json' } },
          );
          const text = await response.text();
          while (events.length === 0) await new Promise(setImmediate);
          return { status: response.status, text, event: events[0]?.unmapped.castellan };
        }
        const used = (what: string, ...places: string[]) =>
          done === 'refuse' ? undefined : [{ what, done: done === 'pass' ? 'passed' : 'removed', places }];

        test('parameters', async () => {
          reply = json({ text: 'a' });
          const { status, event } = await ask('?a%5Bb=1&limit=2&c=+%26&c=3');
          assert.equal(status, done === 'refuse' ? 400 : 200);
          assert.equal(
            reached?.url,
            { refuse: undefined, remove: '/notes?limit=2', pass: '/notes?a%5Bb=1&limit=2&c=+%26&c=3' }[done],
          );
          assert.deepEqual(event?.undocumented, used('parameters', 'a[b', 'c'));
        });

        test('a parameter that a parser could take for a documented one is refused', async () => {
          for (const query of ['?limit[]=1', '?limit%5B%24gt%5D=1', '?LIMIT=1'])
            assert.equal((await ask(query)).status, 400, query);
        });

        test('properties of requests', async () => {
          reply = json({ text: 'a' });
          const { status, event } = await ask('', body);
          assert.equal(status, done === 'refuse' ? 400 : 200);
          assert.equal(reached?.body, { refuse: undefined, remove: cut, pass: body }[done]);
          assert.deepEqual(event?.undocumented, used('requestProperties', '/admin', '/of/x~1y'));
          // What is documented is checked all the same.
          assert.equal((await ask('', '{"text":1,"admin":true}')).status, 400);
          assert.equal((await ask('', '{"admin":true}')).status, 400);
        });

        test('properties of answers', async () => {
          reply = json({ text: 'a', secret: 1 });
          const { status, text, event } = await ask('');
          assert.equal(status, done === 'refuse' ? (name === 'gateway' ? 502 : 500) : 200);
          if (done !== 'refuse') assert.equal(text, done === 'pass' ? reply.body : '{"text":"a"}');
          if (done === 'pass') assert.deepEqual(event?.undocumented, used('responseProperties', '/secret'));
          else assert.equal(event?.removed, done === 'remove' ? 1 : undefined);
          reply = json({ text: 1, secret: 1 });
          assert.ok((await ask('')).status >= 500);
        });

        test('statuses', async () => {
          reply = json({ text: 'a' }, 203);
          const { status, text, event } = await ask('');
          assert.deepEqual(
            [status, status === 203 ? text : undefined],
            { refuse: [name === 'gateway' ? 502 : 500, undefined], remove: [203, ''], pass: [203, reply.body] }[done],
          );
          assert.deepEqual(event?.undocumented, used('statuses', '203'));
          reply = json({ message: 'taken' }, 409);
          const taken = await ask('');
          assert.equal(taken.status, 409);
          assert.equal(taken.text === reply.body, done === 'pass');
          reply = { status: 500, type: 'text/plain', body: 'Error\n    at x.js:1:1' };
          assert.doesNotMatch((await ask('')).text, /x\.js/);
        });

        test('media types', async () => {
          reply = { status: 200, type: 'text/csv', body: 'a,b' };
          const { status, text, event } = await ask('');
          assert.deepEqual(
            [status, status === 200 ? text : undefined],
            { refuse: [name === 'gateway' ? 502 : 500, undefined], remove: [200, ''], pass: [200, 'a,b'] }[done],
          );
          assert.deepEqual(event?.undocumented, used('mediaTypes', 'text/csv'));
        });
      });
