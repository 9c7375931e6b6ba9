// Ways by which frameworks let a handler answer beside the usual one: what leaves is what the contract has, and honest answers arrive.
import assert from 'node:assert/strict';
import type { RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import expressOf from 'express';
import Fastify from 'fastify';
import { Hono, type Context } from 'hono';
import { compress } from 'hono/compress';
import { streamText } from 'hono/streaming';
import Koa from 'koa';
import { createGuard, type Guard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { hono } from '@castellan/guard/hono';
import { koa } from '@castellan/guard/koa';
import { node } from '@castellan/guard/node';
import { listen, serving, type Started } from './adapters/servers.ts';
import { raw, send } from './client.ts';

const media = { 'application/json': { schema: { type: 'object', properties: { id: { type: 'string' } } } } };
const name = { name: 'what', in: 'path', required: true, schema: { type: 'string' } };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [],
  paths: {
    '/{way}/{what}': {
      parameters: [name, { ...name, name: 'way' }],
      get: { operationId: 'get', responses: { 200: { description: 'x', content: media } } },
      post: {
        operationId: 'post',
        requestBody: { required: true, content: media },
        responses: { 200: { description: 'x', content: media } },
      },
    },
  },
};
const json = { 'content-type': 'application/json' };
const secret = 'KEPT-INSIDE';
/** What a handler answers, and what of it may leave. */
const answers: Readonly<Record<string, readonly [given: string, status: number, body: RegExp]>> = {
  good: ['{"id":"a"}', 200, /^\{"id":"a"\}$/],
  more: [`{"id":"a","own":"${secret}"}`, 200, /^\{"id":"a"\}$/],
  wrong: [`{"id":7,"own":"${secret}"}`, 500, /response-withheld/],
};

let guard: Guard;
before(async () => {
  guard = await createGuard({ contract });
});
after(() => guard.end());

/** Ways of Hono over Node: through the response of Node, and with fields that streams set. */
const honoWays: Readonly<Record<string, (context: Context, text: string) => unknown>> = {
  'Node response': ({ env }, text) => {
    (env as Bindings).outgoing.writeHead(200, json).end(text);
    return RESPONSE_ALREADY_SENT;
  },
  'Node response, later': ({ env }, text) => {
    const { outgoing } = env as Bindings;
    setImmediate(() => {
      outgoing.writeHead(200, json).write(text.slice(0, 3));
      outgoing.end(text.slice(3));
    });
    return RESPONSE_ALREADY_SENT;
  },
  'Node response, returned without the mark': ({ env }, text) => {
    (env as Bindings).outgoing.writeHead(200, json).end(text);
    return undefined;
  },
  'looked at and not used': ({ env }, text) => {
    assert.equal((env as Bindings).outgoing.headersSent, false);
    return new Response(text, { headers: json });
  },
  'a coding of its own': (context, text) => {
    const answer = streamText(context, async (stream) => void (await stream.write(text)));
    answer.headers.set('content-type', json['content-type']);
    return answer;
  },
};
interface Bindings {
  readonly outgoing: ServerResponse;
}

function startHono(compressed: boolean): Promise<Started> {
  const app = new Hono();
  if (compressed) app.use(compress({ threshold: 0 }));
  app.use(hono(guard) as never);
  app.get('/:way/:what', (context) => {
    const way = honoWays[context.req.param('way').replaceAll('-', ' ')];
    return way?.(context, answers[context.req.param('what')]?.[0] ?? '') as Response;
  });
  return serving(app.fetch as never);
}

for (const compressed of [false, true])
  describe(`Hono${compressed ? ', compress before the guard' : ''}`, () => {
    let server: Started;
    before(async () => {
      server = await startHono(compressed);
    });
    after(() => server.close());
    for (const way of Object.keys(honoWays))
      for (const [what, [, status, body]] of Object.entries(answers))
        test(`${way}: ${what}`, async () => {
          const path = `/${encodeURIComponent(way.replaceAll(' ', '-'))}/${what}`;
          const answer = await send(server.url, path);
          assert.equal(answer.status, status, answer.text);
          assert.match(answer.text, body);
          assert.ok(!answer.text.includes(secret));
          const head = await send(server.url, path, { method: 'HEAD' });
          assert.deepEqual([head.status < 600, head.text], [true, '']);
        });
  });

/** Trailers over HTTP/1.1, as they come behind the guard and where nobody stands before the handler. */
const trailerWays: Readonly<Record<string, (guarded: boolean) => Promise<Started>>> = {
  async 'Fastify, reply.trailer'(guarded) {
    const app = Fastify({ forceCloseConnections: true });
    if (guarded) await app.register(fastify(guard) as never);
    app.get<{ Params: { what: string } }>('/way/:what', (request, reply) => {
      reply.trailer('x-sum', () => Promise.resolve(secret));
      return reply.type(json['content-type']).send(answers[request.params.what]?.[0]);
    });
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
  },
  'node:http, a coding of its own': (guarded) => listen(withTrailer(guarded, { 'transfer-encoding': 'chunked' })),
  'node:http': (guarded) => listen(withTrailer(guarded, {})),
};

function withTrailer(guarded: boolean, fields: Readonly<Record<string, string>>): RequestListener {
  const handler: RequestListener = (request, response) => {
    response.writeHead(200, { ...json, ...fields, trailer: 'x-sum' });
    response.write(answers[request.url?.split('/')[2] ?? '']?.[0] ?? '');
    response.addTrailers({ 'x-sum': secret });
    response.end();
  };
  return guarded ? node(guard, handler) : handler;
}

for (const [way, start] of Object.entries(trailerWays))
  describe(`trailers, ${way}`, () => {
    for (const [what, [, status]] of Object.entries(answers))
      test(what, { timeout: 10_000 }, async (t) => {
        const seen: string[] = [];
        for (const guarded of [false, true]) {
          const server = await start(guarded);
          t.after(() => server.close());
          seen.push(await raw(server.url, `GET /way/${what} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`));
        }
        const [bare = '', guarded = ''] = seen;
        assert.match(bare, /\r\nx-sum: KEPT-INSIDE\r\n\r\n$/i);
        assert.match(guarded, new RegExp(`^HTTP/1.1 ${status} `));
        // They leave with their answer, and not behind other bytes.
        assert.equal(/\r\nx-sum: KEPT-INSIDE\r\n\r\n$/i.test(guarded), what === 'good');
        assert.equal(guarded.includes(secret), what === 'good');
      });
  });

/** Bodies, and what is answered to each. */
const bodies = [
  ['{"id":"a"}', 200],
  ['{"id":7}', 400],
  ['{"id":"a","own":"x"}', 400],
  ['{"id":"a","id":"b"}', 400],
] as const;

/** Middleware before the guard that reads the body, so that Hono has it still. */
const readers: Readonly<Record<string, (context: Context) => Promise<unknown>>> = {
  json: ({ req }) => req.json(),
  text: ({ req }) => req.text(),
  arrayBuffer: ({ req }) => req.arrayBuffer(),
  clone: ({ req }) => req.raw.clone().text(),
};
for (const [how, read] of Object.entries(readers))
  test(`Hono: middleware before the guard that reads the body by ${how}`, async (t) => {
    const app = new Hono();
    app.use(async (context, next) => {
      await read(context);
      await next();
    });
    app.use(hono(guard) as never);
    let handled = 0;
    app.post('/:way/:what', async (context) => {
      handled += 1;
      return context.json((await context.req.json()) as object);
    });
    const server = await serving(app.fetch as never);
    t.after(() => server.close());
    for (const [body, status] of bodies) {
      handled = 0;
      const answer = await send(server.url, '/way/x', { method: 'POST', body });
      assert.deepEqual([answer.status, handled], [status, status === 200 ? 1 : 0], `${body} ${answer.text}`);
      if (status === 200) assert.equal(answer.text, body);
    }
  });

test('Hono: a body that was read past it is refused with the reason in the event', async (t) => {
  const reasons: unknown[] = [];
  const own = await createGuard({ contract, onEvent: (event) => reasons.push(event.unmapped.castellan.failure) });
  const app = new Hono();
  app.use(async (context, next) => {
    await context.req.raw.text();
    await next();
  });
  app.use(hono(own) as never);
  app.post('/:way/:what', (context) => context.json({ id: 'a' }));
  const server = await serving(app.fetch as never);
  t.after(() => Promise.all([server.close(), own.end()]));
  const answer = await send(server.url, '/way/x', { method: 'POST', body: '{"id":"a"}' });
  assert.equal(answer.status, 500);
  assert.match(String(reasons[0]), /body-already-read/);
});

test('Koa: a body parser before the guard keeps what it made on its own request', async (t) => {
  const parser = createRequire(import.meta.url)('koa-bodyparser') as { default?: () => Koa.Middleware };
  const app = new Koa();
  app.silent = true;
  app.use((parser.default ?? (parser as unknown as () => Koa.Middleware))());
  app.use(koa(guard) as never);
  let handled = 0;
  app.use((context) => {
    handled += 1;
    context.body = (context.request as { body?: unknown }).body;
  });
  const server = await listen(app.callback() as RequestListener);
  t.after(() => server.close());
  for (const [body, status] of bodies) {
    for (const [sent, headers] of [
      [body, {}],
      [gzipSync(body), { 'content-encoding': 'gzip' }],
    ] as const) {
      handled = 0;
      const answer = await send(server.url, '/way/x', { method: 'POST', body: sent, headers });
      assert.deepEqual([answer.status, handled], [status, status === 200 ? 1 : 0], `${body} ${answer.text}`);
    }
  }
});

test('Express: a body parser before the guard has inflated what was compressed', async (t) => {
  const app = expressOf();
  app.use(expressOf.json(), express(guard), (request, response) => void response.json(request.body));
  const server = await listen(app);
  t.after(() => server.close());
  for (const [text, status] of [
    ['{"id":"a"}', 200],
    ['{"id":7}', 400],
  ] as const)
    for (const [body, headers] of [
      [text, {}],
      [gzipSync(text), { 'content-encoding': 'gzip' }],
    ] as const)
      assert.equal((await send(server.url, '/way/x', { method: 'POST', body, headers })).status, status, text);
});
