// Refusals as errors for the error handlers of an application: they write them, and a refused request stays refused.
// promise: own-errors-safe
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Catch, Controller, Module, Post, type ArgumentsHost } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import express5 from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { createGuard, ProblemError, type Guard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { nest } from '@castellan/guard/nest';
import { Recorded } from './adapters/recorded.ts';
import { send } from './client.ts';

const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [{ basic: [] }],
  paths: {
    '/notes': {
      post: {
        operationId: 'createNote',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { type: 'object', properties: { text: { type: 'string' } } } } },
        },
        responses: { 204: { description: 'ok' } },
      },
    },
  },
  components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
};
const authorization = `Basic ${Buffer.from('ada:correct horse battery').toString('base64')}`;

/** How an application answers what it is handed. */
type Handling = 'own' | 'none' | 'success' | 'stack' | 'passes';
let handled = 0;
let ran = 0;

interface Written {
  readonly status: number;
  readonly body: unknown;
}

/** What its error handler writes. */
function written(handling: Handling, error: unknown): Written {
  assert.ok(error instanceof ProblemError);
  handled += 1;
  const { problem } = error;
  if (handling === 'success') return { status: 200, body: { fine: true } };
  if (handling === 'stack') return { status: error.status, body: { stack: `x\n    at ${import.meta.url}:1:1` } };
  return {
    status: error.status === 400 ? 422 : error.status,
    body: { own: problem.type, errors: problem.errors?.length },
  };
}

interface Running {
  readonly url: string;
  readonly close: () => unknown;
}

async function listening(listener: RequestListener): Promise<Running> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.closeAllConnections() === undefined && server.close(),
  };
}

type Next = (error?: unknown) => void;
type App = RequestListener & {
  use: (...given: unknown[]) => unknown;
  post: (path: string, handler: unknown) => unknown;
};

function expressApp(create: () => App) {
  return (guard: Guard, handling: Handling): Promise<Running> => {
    const app = create();
    const handler = (error: unknown, _request: unknown, response: ServerResponse, next: Next): void => {
      const { status, body } = written(handling, error);
      if (handling === 'passes') return next();
      response.statusCode = status;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    };
    app.use(express(guard, { raise: true }));
    // A handler of errors that stands before the routes and goes on must not let the request in.
    if (handling === 'passes') app.use(handler);
    app.post('/notes', (_request: unknown, response: ServerResponse) => {
      ran += 1;
      response.statusCode = 204;
      response.end();
    });
    if (handling !== 'passes' && handling !== 'none') app.use(handler);
    return listening(app);
  };
}

class Notes {
  create(): void {
    ran += 1;
  }
}
Controller('notes')(Notes);
Post()(Notes.prototype, 'create', Object.getOwnPropertyDescriptor(Notes.prototype, 'create') as PropertyDescriptor);
class Main {
  readonly name = 'main';
}
Module({ controllers: [Notes] })(Main);

function nestApp(platform: 'express' | 'fastify') {
  return async (guard: Guard, handling: Handling): Promise<Running> => {
    class Problems {
      catch(error: ProblemError, host: ArgumentsHost): void {
        const { status, body } = written(handling, error);
        const response: { status: (code: number) => { send: (body: unknown) => void } } = host
          .switchToHttp()
          .getResponse();
        response.status(status).send(body);
      }
    }
    Catch(ProblemError)(Problems);
    const app =
      platform === 'express'
        ? await NestFactory.create(Main, new ExpressAdapter(), { logger: false })
        : await NestFactory.create<NestFastifyApplication>(Main, new FastifyAdapter(), { logger: false });
    await nest(guard, app, { raise: true });
    if (handling !== 'none') app.useGlobalFilters(new Problems());
    await app.listen(0, '127.0.0.1');
    return { url: await app.getUrl(), close: () => app.close() };
  };
}

const servers: Readonly<Record<string, (guard: Guard, handling: Handling) => Promise<Running>>> = {
  'Express 5': expressApp(express5 as unknown as () => App),
  'Express 4': expressApp(express4 as unknown as () => App),
  async Fastify(guard, handling) {
    const app = Fastify();
    await app.register(fastify(guard, { raise: true }));
    if (handling !== 'none')
      app.setErrorHandler((error, _request, reply) => {
        const { status, body } = written(handling, error);
        return reply.code(status).send(body);
      });
    app.post('/notes', (_request, reply) => {
      ran += 1;
      void reply.code(204).send();
    });
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
  },
  'Nest on Express': nestApp('express'),
  'Nest on Fastify': nestApp('fastify'),
};

const wrong = {
  'a body that is wrong': { path: '/notes', status: 400, headers: { authorization }, body: '{"text":1,"admin":true}' },
  'no credential': { path: '/notes', status: 401, headers: {}, body: '{"text":"a"}' },
  'no such path': { path: '/nothing', status: 404, headers: { authorization }, body: '{}' },
};

for (const [name, start] of Object.entries(servers))
  for (const handling of ['own', 'none', 'success', 'stack', 'passes'] as const) {
    if (handling === 'passes' && !name.startsWith('Express')) continue;
    describe(`${name}, error handler: ${handling}`, () => {
      let guard: Guard;
      let server: Running;
      const recorded = new Recorded();
      before(async () => {
        guard = await createGuard({
          contract,
          authentication: { basic: { users: [{ name: 'ada', password: 'correct horse battery' }] } },
          onEvent: recorded.add,
        });
        server = await start(guard, handling);
      });
      after(async () => {
        await server.close();
        await guard.end();
      });

      for (const [what, { path, status, headers, body }] of Object.entries(wrong))
        test(what, { timeout: 60_000 }, async () => {
          [handled, ran] = [0, 0];
          const answer = await send(server.url, path, { method: 'POST', headers, body });
          const event = await recorded.next();
          assert.equal(ran, 0);
          assert.equal(handled, handling === 'none' ? 0 : 1);
          const type = { 400: 'invalid-request', 401: 'unauthenticated', 404: 'not-found' }[status];
          if (handling === 'own') {
            assert.equal(answer.status, status === 400 ? 422 : status);
            assert.equal(answer.json['own'], type);
          } else {
            assert.equal(answer.status, status);
            // Express answers itself what nothing handles.
            if (handling !== 'passes' || status !== 404)
              assert.match(String(answer.json['type']), new RegExp(`#${type}$`));
          }
          if (status === 401) assert.match(String(answer.headers['www-authenticate']), /Basic/);
          assert.equal(answer.headers['x-request-id'], event.metadata.uid);
          assert.equal(event.http_response.code, answer.status);
          assert.equal(event.unmapped.castellan.refused?.type, type);
          assert.equal(event.unmapped.castellan.failure, undefined);
          assert.equal(recorded.left, 0);
        });

      test('a good request passes', async () => {
        [handled, ran] = [0, 0];
        await send(server.url, '/notes', { method: 'POST', headers: { authorization }, body: '{"text":"a"}' });
        await recorded.next();
        assert.deepEqual([handled, ran], [0, 1]);
      });
    });
  }

test('options of an adapter are read', async () => {
  const guard = await createGuard({ contract, mode: 'observe' });
  assert.throws(() => express(guard, { rise: true } as never), /did you mean raise/);
  assert.throws(() => fastify(guard, { raise: 'yes' } as never), /neither true nor false/);
  await guard.end();
});
