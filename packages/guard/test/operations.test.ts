// guard.operation: what was checked of a request, from whatever the framework gives a handler.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import Koa from 'koa';
import { createGuard, type AnyOperations, type TypedGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { hono } from '@castellan/guard/hono';
import { koa } from '@castellan/guard/koa';
import { node } from '@castellan/guard/node';
import type { RequestListener } from 'node:http';
import { listen } from './adapters/servers.ts';
import { send } from './client.ts';
import { contract } from './contract.ts';
import { authentication, guarded, token } from './guarded.ts';

/** As `castellan types` writes it. */
interface Operations {
  createOrder: {
    parameters: { path: object; query: object; header: object; cookie: object };
    body: { name: string; quantity: number };
    responses: { 201: { id: string; name: string } };
  };
}

const handle = (guard: TypedGuard<Operations>, request: object): string => {
  const createOrder = guard.operation('createOrder');
  const { body, auth } = createOrder.of(request);
  return JSON.stringify(createOrder.reply(201, { id: `${auth?.subject} ${body.quantity + 1}`, name: body.name }));
};
const json = { 'content-type': 'application/json' };

const frameworks: Readonly<Record<string, (guard: TypedGuard<Operations>) => RequestListener>> = {
  'node:http': (guard) => node(guard, (request, response) => response.writeHead(201, json).end(handle(guard, request))),
  Koa(guard) {
    const app = new Koa();
    app.use(koa(guard) as never);
    app.use((context) => {
      context.status = 201;
      context.set(json);
      context.body = handle(guard, context);
    });
    return app.callback();
  },
  Hono(guard) {
    const app = new Hono();
    app.use(hono(guard) as never);
    app.post('/v1/orders', (context) => new Response(handle(guard, context), { status: 201, headers: json }));
    return getRequestListener(app.fetch) as RequestListener;
  },
  Fetch(guard) {
    const handler = fetchGuard(
      guard,
      (_request, context) => new Response(handle(guard, context), { status: 201, headers: json }),
    );
    return getRequestListener((request) => handler(request)) as RequestListener;
  },
};

describe('guard.operation', () => {
  for (const [name, listenerOf] of Object.entries(frameworks)) {
    test(`${name}: the typed call is what was checked`, async () => {
      const guard = await createGuard<Operations>({ contract, authentication });
      const server = await listen(listenerOf(guard));
      try {
        const answer = await send(server.url, '/v1/orders', { method: 'POST', token, body: '{"name":"Tea"}' });
        assert.equal(answer.status, 201, answer.text);
        assert.deepEqual(answer.json, { id: 'ada 2', name: 'Tea' });
      } finally {
        await server.close();
        await guard.end();
      }
    });
  }

  test('an operation that the contract does not have is one line with the nearest', async () => {
    const guard = await createGuard({ contract, authentication });
    assert.throws(() => guard.operation('createOrdr'), {
      code: 'unknown-operation',
      message: "<object>: the contract has no operation 'createOrdr'; did you mean 'createOrder'?",
    });
    await guard.end();
  });

  test('asking for another operation than the request calls is an error, and the caller learns nothing', async () => {
    const late: { guard?: TypedGuard<AnyOperations> } = {};
    const server = await guarded({}, (request) => late.guard?.operation('createOrder').of(request));
    late.guard = server.guard;
    try {
      const answer = await send(server.url, '/v1/open');
      assert.equal(answer.status, 500);
      assert.doesNotMatch(answer.text, /createOrder/);
      assert.match(
        server.events[0]?.unmapped.castellan.failure ?? '',
        /this request calls getOpen, not 'createOrder'; ask for the operation that the route is for/,
      );
    } finally {
      await server.close();
    }
  });
});
