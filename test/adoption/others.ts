// Software of Fastify, Koa, Hono and the Fetch API beside the guard.
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { All, Catch, Controller, Module, Req, Res, type ArgumentsHost } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import Koa from 'koa';
import type { Guard } from '@castellan/guard';
import { fastify } from '@castellan/guard/fastify';
import { fetchGuard } from '@castellan/guard/fetch';
import { hono } from '@castellan/guard/hono';
import { koa } from '@castellan/guard/koa';
import { nest } from '@castellan/guard/nest';
import { handle, Taken } from './api.ts';
import { listening, type Running } from './running.ts';

const require = createRequire(import.meta.url);
const origin = 'https://app.example';
const methods = ['GET', 'POST'];
const html = '<!doctype html><html><title>docs</title></html>';

/** What stands before and behind the guard in an application of this kind. */
export interface Beside<App> {
  readonly package: string;
  readonly before?: (app: App, folder: string) => unknown;
  readonly behind?: (app: App, folder: string) => unknown;
}
type Table<App> = Readonly<Record<string, Beside<App>>>;

const plugin = (name: string): never => require(name) as never;

export const fastifyBeside: Table<FastifyInstance> = {
  CORS: {
    package: '@fastify/cors',
    before: (app) => app.register(plugin('@fastify/cors'), { origin, methods } as never),
  },
  'security fields': { package: '@fastify/helmet', before: (app) => app.register(plugin('@fastify/helmet')) },
  compression: {
    package: '@fastify/compress',
    behind: (app) => app.register(plugin('@fastify/compress'), { threshold: 0 } as never),
  },
  'body parsers': { package: 'its own' },
  uploads: { package: '@fastify/multipart', behind: (app) => app.register(plugin('@fastify/multipart')) },
  sessions: {
    package: '@fastify/session',
    async behind(app) {
      await app.register(plugin('@fastify/cookie'));
      await app.register(plugin('@fastify/session'), {
        secret: 'a secret of the test that is long enough',
        cookie: { secure: false },
        saveUninitialized: false,
      } as never);
    },
  },
  'Swagger UI': {
    package: 'a page',
    behind: (app) => app.get('/docs/', (_request, reply) => reply.type('text/html').send(html)),
  },
  'static files': {
    package: '@fastify/static',
    behind: (app, folder) => app.register(plugin('@fastify/static'), { root: folder, prefix: '/assets/' } as never),
  },
  'rate limiters': {
    package: '@fastify/rate-limit',
    behind: (app) => app.register(plugin('@fastify/rate-limit'), { max: 3, timeWindow: 60_000 } as never),
  },
  'request ids': {
    package: 'own hook',
    before: (app) =>
      app.addHook('onRequest', (request, reply, done) => {
        reply.header('x-correlation-id', request.headers['x-correlation-id'] ?? 'none');
        done();
      }),
  },
  'error handlers': { package: 'setErrorHandler' },
};

type Extended = FastifyRequest & {
  file?: () => Promise<{ toBuffer: () => Promise<Buffer> } | undefined>;
  session?: Record<string, unknown>;
};

async function answerFastify(request: Extended, reply: FastifyReply): Promise<unknown> {
  const path = request.url.split('?')[0] ?? '';
  const part = path === '/files' ? await request.file?.() : undefined;
  const call = {
    method: request.method,
    path,
    body: request.body,
    file: await part?.toBuffer(),
    session: request.session,
  };
  const { status, json } = handle(call);
  return reply.code(status).type('application/json').send(JSON.stringify(json));
}
const paths = ['/notes', '/files', '/session', '/me', '/fails'];

export async function withFastify(
  guard: Guard,
  { before, behind }: Beside<FastifyInstance>,
  folder: string,
): Promise<Running> {
  const app = Fastify();
  await before?.(app, folder);
  await app.register(fastify(guard) as never);
  await behind?.(app, folder);
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof Taken)) throw error;
    return reply.code(409).send({ message: 'taken' });
  });
  for (const path of paths) app.route({ method: ['GET', 'POST'], url: path, handler: answerFastify });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, server: app.server, close: () => app.close() };
}

class Everything {
  all(request: Extended, reply: FastifyReply): Promise<unknown> {
    return answerFastify(request, reply);
  }
}
Controller()(Everything);
for (const path of paths) void path;
All(paths)(
  Everything.prototype,
  'all',
  Object.getOwnPropertyDescriptor(Everything.prototype, 'all') as PropertyDescriptor,
);
Req()(Everything.prototype, 'all', 0);
Res()(Everything.prototype, 'all', 1);
class Root {
  readonly name = 'root';
}
Module({ controllers: [Everything] })(Root);
class TakenFilter {
  catch(_error: Taken, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().code(409).send({ message: 'taken' });
  }
}
Catch(Taken)(TakenFilter);

export async function withNestFastify(
  guard: Guard,
  { before, behind }: Beside<FastifyInstance>,
  folder: string,
): Promise<Running> {
  const app = await NestFactory.create<NestFastifyApplication>(Root, new FastifyAdapter(), { logger: false });
  const instance = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  await before?.(instance, folder);
  await nest(guard, app);
  await behind?.(instance, folder);
  app.useGlobalFilters(new TakenFilter());
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), server: app.getHttpServer() as Server, close: () => app.close() };
}

type KoaApp = Koa & { keys: string[] };
type Made = (...given: unknown[]) => Koa.Middleware;
const of = (name: string): Made => {
  const made = require(name) as Made & { default?: Made };
  return made.default ?? made;
};

export const koaBeside: Table<KoaApp> = {
  CORS: { package: '@koa/cors', before: (app) => app.use(of('@koa/cors')({ origin, allowMethods: methods })) },
  'security fields': { package: 'koa-helmet', before: (app) => app.use(of('koa-helmet')()) },
  compression: { package: 'koa-compress', behind: (app) => app.use(of('koa-compress')({ threshold: 0, br: false })) },
  'body parsers': { package: 'koa-bodyparser', behind: (app) => app.use(of('koa-bodyparser')()) },
  uploads: {
    package: '@koa/multer',
    behind: (app) =>
      app.use((of('@koa/multer')() as unknown as { single: (name: string) => Koa.Middleware }).single('file')),
  },
  sessions: {
    package: 'koa-session',
    behind(app) {
      app.keys = ['a secret of the test'];
      app.use(of('koa-session')(app));
    },
  },
  'Swagger UI': {
    package: 'a page',
    behind: (app) =>
      app.use((context, next) => {
        if (context.path !== '/docs/') return next();
        context.type = 'text/html';
        context.body = html;
        return undefined;
      }),
  },
  'static files': {
    package: 'koa-static',
    behind(app, folder) {
      const files = of('koa-static')(folder);
      app.use(async (context, next) => {
        const { path } = context;
        if (!path.startsWith('/assets/')) return next();
        context.path = path.slice(7);
        await files(context as never, async () => undefined);
        context.path = path;
      });
    },
  },
  'request ids': {
    package: 'own middleware',
    before: (app) =>
      app.use((context, next) => {
        context.set('x-correlation-id', context.get('x-correlation-id') || 'none');
        return next();
      }),
  },
  'error handlers': { package: 'try in middleware' },
};

export function withKoa(guard: Guard, { before, behind }: Beside<KoaApp>, folder: string): Promise<Running> {
  const app = new Koa() as KoaApp;
  app.silent = true;
  before?.(app, folder);
  app.use(koa(guard) as never);
  behind?.(app, folder);
  app.use((context) => {
    const { request, session, file, path } = context as typeof context & {
      request: { body?: unknown };
      session?: Record<string, unknown>;
      file?: { buffer: Buffer };
    };
    if (path.startsWith('/docs') || path.startsWith('/assets')) return;
    try {
      const { status, json } = handle({
        method: context.method,
        path,
        body: request.body,
        file: file?.buffer,
        session,
      });
      context.status = status;
      context.body = json;
    } catch (error) {
      if (!(error instanceof Taken)) throw error;
      context.status = 409;
      context.body = { message: 'taken' };
    }
  });
  return listening(createServer(app.callback()));
}

export const honoBeside: Table<Hono> = {
  CORS: { package: 'hono/cors', before: (app) => app.use(cors({ origin, allowMethods: methods })) },
  'security fields': { package: 'hono/secure-headers', before: (app) => app.use(secureHeaders()) },
  compression: { package: 'hono/compress', before: (app) => app.use(compress({ threshold: 0 })) },
  'body parsers': { package: 'its own' },
  uploads: { package: 'its own' },
  'Swagger UI': { package: 'a page', behind: (app) => app.get('/docs/', (context) => context.html(html)) },
  'static files': {
    package: 'serve-static',
    behind: (app, folder) =>
      app.use(
        '/assets/*',
        serveStatic({ root: relative(process.cwd(), folder), rewriteRequestPath: (path) => path.slice(7) }),
      ),
  },
  'request ids': {
    package: 'own middleware',
    before: (app) =>
      app.use(async (context, next) => {
        await next();
        context.header('x-correlation-id', context.req.header('x-correlation-id') ?? 'none');
      }),
  },
  'error handlers': { package: 'app.onError' },
};

async function served(fetch: (request: Request) => Response | Promise<Response>): Promise<Running> {
  const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answerFetch(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  const part = path === '/files' ? (await request.formData()).get('file') : undefined;
  const call = {
    method: request.method,
    path,
    body: request.method === 'POST' && path === '/notes' ? await request.json() : undefined,
    file: part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : undefined,
  };
  const { status, json } = handle(call);
  return Response.json(json, { status });
}

export function withHono(guard: Guard, { before, behind }: Beside<Hono>, folder: string): Promise<Running> {
  const app = new Hono();
  before?.(app, folder);
  app.use(hono(guard) as never);
  behind?.(app, folder);
  for (const path of paths) app.all(path, (context) => answerFetch(context.req.raw));
  app.onError((error) =>
    error instanceof Taken ? Response.json({ message: 'taken' }, { status: 409 }) : new Response(null, { status: 500 }),
  );
  return served((request) => app.fetch(request));
}

export const fetchBeside: Table<undefined> = {
  'body parsers': { package: 'its own' },
  uploads: { package: 'its own' },
  'error handlers': { package: 'try in the handler' },
};

export function withFetch(guard: Guard): Promise<Running> {
  const guarded = fetchGuard(guard, async (request) => {
    try {
      return await answerFetch(request);
    } catch (error) {
      if (!(error instanceof Taken)) throw error;
      return Response.json({ message: 'taken' }, { status: 409 });
    }
  });
  return served((request) => guarded(request));
}
