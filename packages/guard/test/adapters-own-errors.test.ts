// Where an application's own error handling stands: mounted, added late, or in the place of the framework's.
import assert from 'node:assert/strict';
import { type RequestListener, type ServerResponse } from 'node:http';
import { test } from 'node:test';
import { BadRequestException, Catch, Controller, Get, HttpException, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express5 from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import Koa from 'koa';
import type { Guard } from '@castellan/guard';
import { createGuard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { koa } from '@castellan/guard/koa';
import { nest } from '@castellan/guard/nest';
import { listen } from './adapters/servers.ts';
import { send, type Answer } from './client.ts';

const content = { 'application/json': { schema: { type: 'object' } }, 'text/plain': {} };
const get = { security: [], responses: { 200: { description: 'ok', content }, '4XX': { description: 'no', content } } };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Own errors', version: '1' },
  paths: { '/x/fails': { get }, '/x/late': { get }, '/x/missing': { get } },
};

const failing = (): never => {
  throw new Error('secret inside');
};
const missing = (): never => {
  throw Object.assign(new Error('No such thing'), { status: 404, expose: true });
};
const own = (response: ServerResponse): void => {
  response.statusCode = 418;
  response.setHeader('content-type', 'application/json');
  response.end('{"own":true}');
};

async function asked(listener: (guard: Guard) => RequestListener, ...paths: string[]): Promise<Answer[]> {
  const guard = await createGuard({ contract, onEvent: () => {} });
  const server = await listen(listener(guard));
  const answers: Answer[] = [];
  try {
    for (const path of paths) answers.push(await send(server.url, path));
  } finally {
    await server.close();
    await guard.end();
  }
  return answers;
}

interface ExpressApp extends RequestListener {
  use(...given: unknown[]): unknown;
  get(path: string, handler: unknown): unknown;
}
const expresses = { 'Express 5': express5 as unknown as () => ExpressApp, 'Express 4': express4 as () => ExpressApp };
const handler = (_error: unknown, _request: unknown, response: ServerResponse, _next: unknown): void => own(response);

for (const [name, create] of Object.entries(expresses)) {
  test(`${name}: error middleware of the application that the guarded one is mounted on`, async () => {
    const [answer] = await asked((guard) => {
      const [outer, inner] = [create(), create()];
      inner.use(express(guard));
      inner.get('/fails', failing);
      outer.use('/x', inner);
      outer.use(handler);
      return outer;
    }, '/x/fails');
    assert.deepEqual([answer?.status, answer?.json], [418, { own: true }]);
  });

  test(`${name}: routes and error middleware that come after the first request`, async () => {
    const [first, late, again] = await asked(
      (guard) => {
        const app = create();
        app.use(express(guard));
        app.get('/x/fails', (_request: unknown, _response: unknown, next: (error: unknown) => void) => {
          setImmediate(() => {
            app.get('/x/late', async () => failing());
            app.use(handler);
          });
          next(new Error('secret inside'));
        });
        return app;
      },
      '/x/fails',
      '/x/late',
      '/x/fails',
    );
    assert.match(String(first?.json['type']), /#internal-error$/);
    assert.deepEqual([late?.status, again?.status], [418, 418]);
  });

  test(`${name}: an error that names its status keeps it`, async () => {
    const [answer] = await asked((guard) => {
      const app = create();
      app.use(express(guard));
      app.get('/x/missing', missing);
      return app;
    }, '/x/missing');
    assert.equal(answer?.status, 404);
    assert.equal(answer?.headers['content-type'], 'application/json');
  });
}

test("Koa: the application's own onerror, and Koa's for errors that name their status", async () => {
  const listener =
    (custom: boolean) =>
    (guard: Guard): RequestListener => {
      const app = new Koa();
      app.silent = true;
      if (custom)
        Object.assign(app.context, {
          onerror(this: Koa.Context, error: unknown): void {
            if (error !== null) own(this.res);
          },
        });
      app.use(koa(guard) as never);
      app.use((context) => (context.path === '/x/missing' ? missing() : failing()));
      return app.callback();
    };
  const [mine] = await asked(listener(true), '/x/fails');
  assert.deepEqual([mine?.status, mine?.json], [418, { own: true }]);
  const [failed, gone] = await asked(listener(false), '/x/fails', '/x/missing');
  assert.match(String(failed?.json['type']), /#internal-error$/);
  assert.deepEqual([gone?.status, gone?.text], [404, 'No such thing']);
});

test('Fastify: error handlers of the instance, of a plugin and of a route, before and after the guard', async () => {
  const guard = await createGuard({ contract, onEvent: () => {} });
  const app = Fastify();
  const answer = (_error: unknown, _request: unknown, reply: { raw: ServerResponse; hijack(): unknown }): void => {
    reply.hijack();
    own(reply.raw);
  };
  app.get('/x/fails', failing);
  app.get('/x/late', { errorHandler: answer }, failing);
  void app.register(async (plugin) => {
    plugin.setErrorHandler(answer);
    plugin.get('/x/missing', failing);
  });
  await app.register(fastify(guard) as never);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    assert.match(String((await send(url, '/x/fails')).json['type']), /#internal-error$/);
    for (const path of ['/x/late', '/x/missing']) assert.equal((await send(url, path)).status, 418, path);
  } finally {
    await app.close();
    await guard.end();
  }
});

test('Nest: HttpExceptions are answers, filters of the application come first, and the rest is a failure', async () => {
  class Things {
    fails(): never {
      throw new Error('secret inside');
    }
    missing(): never {
      throw new HttpException({ title: 'No such thing' }, 404);
    }
    late(): never {
      throw new BadRequestException();
    }
  }
  Controller('x')(Things);
  for (const name of ['fails', 'missing', 'late'] as const)
    Get(name)(Things.prototype, name, Object.getOwnPropertyDescriptor(Things.prototype, name) ?? {});
  // oxlint-disable-next-line typescript/no-extraneous-class -- a module of Nest is a class
  class Root {}
  Module({ controllers: [Things] })(Root);
  class Filter {
    catch(
      _error: unknown,
      host: { getArgByIndex(index: number): { raw: ServerResponse; hijack?: () => unknown } },
    ): void {
      const reply = host.getArgByIndex(1);
      reply.hijack?.();
      own(reply.raw);
    }
  }
  Catch(BadRequestException)(Filter);
  const guard = await createGuard({ contract, onEvent: () => {} });
  const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: false });
  await nest(guard, app);
  app.useGlobalFilters(new Filter() as never);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  try {
    assert.match(String((await send(url, '/x/fails')).json['type']), /#internal-error$/);
    const gone = await send(url, '/x/missing');
    assert.deepEqual([gone.status, gone.json], [404, { title: 'No such thing' }]);
    assert.equal((await send(url, '/x/late')).status, 418);
  } finally {
    await app.close();
    await guard.end();
  }
});
