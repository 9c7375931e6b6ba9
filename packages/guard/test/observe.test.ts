// Under `observe` caller and handler get what they would get without a guard: the same requests to bare and to observed
// servers. Only the request id is added to an answer.
// promise: observe-invisible
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import express5 from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { createGuard, type Guard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { fetchGuard } from '@castellan/guard/fetch';
import { hono } from '@castellan/guard/hono';
import { koa } from '@castellan/guard/koa';
import { node } from '@castellan/guard/node';
import { listen, serving, type Started } from './adapters/servers.ts';
import { answers, ask, contract, requests, type Asked, type Sent } from './observe-kinds.ts';

/** What a handler saw, as text in a field of its answer. */
function seen(method: string, target: string, names: readonly string[], body: string): string {
  return Buffer.from(JSON.stringify([method, target, [...names].sort(), body])).toString('base64');
}
let next = answers[0] as Sent;

async function onNode(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const names = Object.keys(request.headers);
  const target = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '';
  response.statusCode = next.status;
  for (const [name, value] of Object.entries(next.headers)) response.setHeader(name, value);
  response.setHeader('x-seen', seen(request.method ?? '', target, names, body));
  response.end(next.body);
}
async function onFetch(request: Request): Promise<Response> {
  const body = await request.text();
  const headers = new Headers();
  for (const [name, value] of Object.entries(next.headers))
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  headers.set('x-seen', seen(request.method, new URL(request.url).pathname, [...request.headers.keys()], body));
  const empty = next.body.length === 0;
  return new Response(empty ? null : (next.body as string), { status: next.status, headers });
}

const frameworks: Readonly<Record<string, (guard: Guard | undefined) => Promise<Started>>> = {
  'node:http': (guard) => listen(guard === undefined ? (q, s) => void onNode(q, s) : node(guard, onNode)),
  'Express 5': (guard) => onExpress(express5() as never, guard),
  'Express 4': (guard) => onExpress(express4() as never, guard),
  Koa(guard) {
    const app = new Koa();
    app.silent = true;
    if (guard !== undefined) app.use(koa(guard) as never);
    app.use(async (context) => {
      context.respond = false;
      await onNode(context.req, context.res);
    });
    return listen(app.callback());
  },
  async 'Fastify 5'(guard) {
    const app = Fastify();
    if (guard !== undefined) await app.register(fastify(guard) as never);
    app.all('/*', (request, reply) => {
      const names = Object.keys(request.raw.headers);
      const body = JSON.stringify(request.body ?? null);
      reply
        .header('x-seen', seen(request.method, request.url, names, body))
        .code(next.status)
        .headers(next.headers);
      return reply.send(next.body.length === 0 ? undefined : Buffer.from(next.body));
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => app.close() };
  },
  Hono(guard) {
    const app = new Hono();
    if (guard !== undefined) app.use(hono(guard) as never);
    app.all('*', (context) => onFetch(context.req.raw));
    return serving(app.fetch as never);
  },
  Fetch(guard) {
    const handler = guard === undefined ? undefined : fetchGuard(guard, onFetch);
    return serving((request) => (handler === undefined ? onFetch(request) : handler(request, { remoteAddress: '' })));
  },
};

function onExpress(app: { use(handler: never): unknown } & ReturnType<typeof node>, guard?: Guard): Promise<Started> {
  if (guard !== undefined) app.use(express(guard) as never);
  app.use(((request: IncomingMessage, response: ServerResponse) => void onNode(request, response)) as never);
  return listen(app);
}

const events: unknown[] = [];
let guard: Guard;
before(async () => {
  guard = await createGuard({
    contract,
    mode: 'observe',
    authentication: { token: { verify: (token: string) => (token === 'good' ? { subject: 'ada' } : undefined) } },
    cors: { origins: ['https://app.example'] },
    limits: { maxBody: 30, perAddress: '10/minute' },
    onEvent: (event) => events.push(event),
  });
});
after(() => guard.end());

for (const [name, start] of Object.entries(frameworks)) {
  test(`${name}: bare and observed are the same`, async () => {
    const [bare, observed] = [await start(undefined), await start(guard)];
    try {
      let kinds = 0;
      const same = async (asked: Asked, answer: Sent): Promise<void> => {
        next = answer;
        const [want, got] = [await ask(bare.url, asked), await ask(observed.url, asked)];
        assert.deepEqual(
          got,
          want,
          `${asked.method} ${asked.target.slice(0, 60)} ${JSON.stringify([asked.headers, asked.body, answer.status])}`,
        );
        kinds++;
      };
      for (const asked of requests()) await same(asked, answers[0] as Sent);
      for (const method of ['GET', 'HEAD', 'POST'])
        for (const answer of answers) await same({ method, target: '/things', headers: {}, body: '' }, answer);
      assert.ok(kinds >= 200, String(kinds));
    } finally {
      await bare.close();
      await observed.close();
    }
  });
}
