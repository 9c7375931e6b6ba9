// The same guard in front of one request twice: in the application and in a router. Twice is the same as once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { koa } from '@castellan/guard/koa';
import { node } from '@castellan/guard/node';
import expressFramework from 'express';
import fastifyFramework from 'fastify';
import Koa from 'koa';
import { listen } from './adapters/servers.ts';

const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  paths: {
    '/notes': {
      get: {
        operationId: 'listNotes',
        responses: {
          200: {
            description: 'All',
            content: { 'application/json': { schema: { type: 'object', properties: { text: { type: 'string' } } } } },
          },
        },
      },
    },
  },
};
const body = { text: 'hello', secret: 'x' };

const servers = {
  'node:http': async () => {
    const guard = await createGuard({ contract });
    const inner = node(guard, (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    });
    return { guard, ...(await listen(node(guard, (request, response) => inner(request, response)))) };
  },
  express: async () => {
    const guard = await createGuard({ contract });
    const app = expressFramework();
    app.use(express(guard));
    app.use('/notes', express(guard));
    app.get('/notes', (_request, response) => void response.json(body));
    return { guard, ...(await listen(app)) };
  },
  koa: async () => {
    const guard = await createGuard({ contract });
    const app = new Koa();
    app.use(koa(guard));
    app.use(koa(guard));
    app.use((context) => {
      context.body = body;
    });
    return { guard, ...(await listen(app.callback())) };
  },
  fastify: async () => {
    const guard = await createGuard({ contract });
    const app = fastifyFramework();
    await app.register(fastify(guard));
    await app.register(fastify(guard));
    app.get('/notes', async () => body);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { guard, url, close: () => app.close() };
  },
};

for (const [name, start] of Object.entries(servers)) {
  test(`${name}: a request that passes the guard twice is checked and answered once`, async () => {
    const { guard, url, close } = await start();
    try {
      for (let turn = 0; turn < 2; turn++) {
        const response = await fetch(`${url}/notes`);
        assert.equal(response.status, 200);
        assert.deepEqual(await response.json(), { text: 'hello' });
      }
      assert.equal((await fetch(`${url}/elsewhere`)).status, 404);
      assert.equal((await fetch(`${url}/notes?unknown=1`)).status, 400);
    } finally {
      await close();
      await guard.end();
    }
  });
}

test('two different guards in front of one request: nothing is handled', async () => {
  const [outer, inner] = [await createGuard({ contract }), await createGuard({ contract })];
  let handled = 0;
  const listener = node(inner, (_request, response) => {
    handled++;
    response.end();
  });
  const server = await listen(node(outer, (request, response) => listener(request, response)));
  try {
    assert.equal((await fetch(`${server.url}/notes`)).status, 500);
    assert.equal(handled, 0);
  } finally {
    await server.close();
    await outer.end();
    await inner.end();
  }
});
