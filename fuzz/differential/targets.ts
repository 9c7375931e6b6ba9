// The frameworks, guarded or bare. Each handler reports what its framework made of the request.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import express5, { type Express } from 'express';
import Fastify, { type FastifyRequest } from 'fastify';
import { Hono, type Context } from 'hono';
import { getCookie } from 'hono/cookie';
import Koa from 'koa';
import type { Guard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { hono } from '@castellan/guard/hono';
import { koa } from '@castellan/guard/koa';
import { node, type GuardedRequest } from '@castellan/guard/node';
import { file, type Decided, type Seen, type SeenBody } from './compare.ts';
import { colons, routes, type Route } from './contract.ts';

/** What a handler tells: the case, what the guard decided (undefined where there is no guard), what the framework saw. */
export type Report = (id: string | undefined, decided: Decided | undefined, seen: Seen | undefined) => void;

/** Makes the listener of one framework; without a guard, a bare one. */
export type Target = (guard: Guard | undefined, report: Report) => RequestListener | Promise<RequestListener>;

type Raw = GuardedRequest & { guardBody?: unknown };

function decidedOf(request: IncomingMessage, body = (request as Raw).body): Decided {
  const { operation, parameters } = request as Raw;
  return { operation: operation?.operationId, parameters, body };
}

function idOf(request: IncomingMessage): string | undefined {
  const id = request.headers['case'];
  return typeof id === 'string' ? id : undefined;
}

const plainRoutes = routes.map((route) => ({
  route,
  names: [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
  pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
}));

/** The path's route by the plainest router there is, for servers that have none. */
function plainRoute(
  method: string | undefined,
  path: string,
): { route: Route; path: Record<string, string> } | undefined {
  for (const { route, names, pattern } of plainRoutes) {
    if (route.method.toUpperCase() !== (method === 'HEAD' ? 'GET' : method)) continue;
    const match = pattern.exec(path);
    if (match === null) continue;
    return { route, path: Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? '')])) };
  }
  return undefined;
}

export async function bodyOf(request: IncomingMessage): Promise<SeenBody | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return bytes.length === 0 ? undefined : parsedBody(bytes, request.headers['content-type'] ?? '');
}

async function parsedBody(bytes: Buffer, type: string): Promise<SeenBody> {
  if (/^multipart\//i.test(type)) {
    const response = new Response(new Uint8Array(bytes), { headers: { 'content-type': type } });
    return { as: 'pairs', pairs: await pairsOf(await response.formData()) };
  }
  if (/x-www-form-urlencoded/i.test(type)) return { as: 'pairs', pairs: new URLSearchParams(bytes.toString('utf8')) };
  return { as: 'value', value: /json/i.test(type) ? JSON.parse(bytes.toString('utf8')) : bytes.toString('utf8') };
}

async function pairsOf(form: Iterable<[string, unknown]>): Promise<[string, string][]> {
  const pairs: [string, string][] = [];
  for (const [name, value] of form)
    pairs.push([
      name,
      value instanceof Blob ? file((value as File).name, new Uint8Array(await value.arrayBuffer())) : String(value),
    ]);
  return pairs;
}

const done = (response: ServerResponse): void => {
  response.statusCode = 204;
  response.end();
};

const plain =
  (guarded: boolean, report: Report) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const decided = guarded ? decidedOf(request) : undefined;
    const url = new URL(request.url ?? '', 'http://api.example.com');
    const found = plainRoute(request.method, url.pathname);
    const body = await bodyOf(request);
    const seen: Seen | undefined =
      found === undefined
        ? undefined
        : {
            operation: found.route.operation,
            path: found.path,
            query: url.searchParams,
            trace: request.headers['x-trace'] as string | undefined,
            fields: Object.keys(request.headers),
            ...(body === undefined ? {} : { body }),
          };
    report(idOf(request), decided, seen);
    done(response);
  };

/** What Express and Koa-like handlers see, whose parsers have put a body on the request. */
function withExpress(
  app: Express,
  parsers: readonly unknown[],
  guard: Guard | undefined,
  report: Report,
): RequestListener {
  if (guard !== undefined) app.use(express(guard) as never);
  app.use(((request: Raw, _response: unknown, next: () => void) => {
    request.guardBody = request.body;
    request.body = undefined;
    next();
  }) as never);
  for (const parser of parsers) app.use(parser as never);
  const parseQuery = app.get('query parser fn') as (query: string) => Record<string, unknown>;
  const tell = (operation: string | undefined, request: Raw & { readonly params: Record<string, string> }): void => {
    const { body } = request;
    const type = request.headers['content-type'] ?? '';
    const seen: Seen | undefined =
      operation === undefined
        ? undefined
        : {
            operation,
            path: request.params,
            query: Object.entries(parseQuery(/\?(.*)$/s.exec(request.url ?? '')?.[1] ?? '')),
            trace: request.headers['x-trace'] as string | undefined,
            fields: Object.keys(request.headers),
            ...(body === undefined || /multipart/i.test(type)
              ? {}
              : {
                  body: /urlencoded/i.test(type)
                    ? { as: 'pairs' as const, pairs: Object.entries(body as object) }
                    : { as: 'value' as const, value: body },
                }),
          };
    report(idOf(request), guard === undefined ? undefined : decidedOf(request, request.guardBody), seen);
  };
  for (const route of routes)
    app[route.method](colons(route.path), (request, response) => {
      tell(route.operation, request as never);
      done(response);
    });
  app.use(((request: never, response: ServerResponse) => {
    tell(undefined, request);
    done(response);
  }) as never);
  return app;
}

async function withFastify(guard: Guard | undefined, report: Report): Promise<RequestListener> {
  const app = Fastify();
  if (guard !== undefined) await app.register(fastify(guard) as never);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, next) =>
    next(null, new URLSearchParams(body as string)),
  );
  // Before the guard's own hook puts the decoded values in their place.
  const tell = (operation: string | undefined, request: FastifyRequest): void => {
    const { body } = request;
    const seen: Seen | undefined =
      operation === undefined
        ? undefined
        : {
            operation,
            path: request.params as Record<string, string>,
            query: Object.entries(request.query as object),
            trace: request.headers['x-trace'] as string | undefined,
            fields: Object.keys(request.headers),
            ...(body === undefined || /multipart/i.test(request.headers['content-type'] ?? '')
              ? {}
              : {
                  body: body instanceof URLSearchParams ? { as: 'pairs', pairs: body } : { as: 'value', value: body },
                }),
          };
    report(idOf(request.raw), guard === undefined ? undefined : decidedOf(request.raw), seen);
  };
  for (const route of routes) {
    app.route({
      method: route.method.toUpperCase() as 'GET',
      url: colons(route.path),
      preValidation: (request, _reply, next) => {
        tell(route.operation, request);
        next();
      },
      handler: (_request, reply) => reply.code(204).send(),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    tell(undefined, request);
    return reply.code(204).send();
  });
  await app.ready();
  return (request, response) => app.routing(request, response);
}

type HonoBody = { body?: unknown; operation?: { operationId: string }; parameters: Decided['parameters'] };

async function honoBody(context: Context): Promise<SeenBody | undefined> {
  const type = context.req.header('content-type') ?? '';
  if (context.req.raw.body === null) return undefined;
  if (/form/i.test(type)) return { as: 'pairs', pairs: await pairsOf(await context.req.formData()) };
  const text = await context.req.text();
  if (text === '') return undefined;
  return { as: 'value', value: /json/i.test(type) ? JSON.parse(text) : text };
}

function withHono(guard: Guard | undefined, report: Report): RequestListener {
  const app = new Hono();
  if (guard !== undefined) app.use(hono(guard) as never);
  const tell = async (operation: string | undefined, context: Context): Promise<Response> => {
    const { body, operation: decided, parameters } = context.var as HonoBody;
    const seenBody = operation === undefined ? undefined : await honoBody(context);
    const seen: Seen | undefined =
      operation === undefined
        ? undefined
        : {
            operation,
            path: context.req.param(),
            query: Object.entries(context.req.queries()),
            trace: context.req.header('x-trace'),
            session: { value: getCookie(context, 'session') },
            fields: context.req.raw.headers.keys(),
            ...(seenBody === undefined ? {} : { body: seenBody }),
          };
    const what = guard === undefined ? undefined : { operation: decided?.operationId, parameters, body };
    report(context.req.header('case'), what, seen);
    return new Response(null, { status: 204 });
  };
  for (const route of routes)
    app.on(route.method.toUpperCase(), colons(route.path), (context) => tell(route.operation, context));
  app.notFound((context) => tell(undefined, context));
  app.onError((_error, context) => context.body(null, 500));
  return getRequestListener(app.fetch) as RequestListener;
}

function withKoa(guard: Guard | undefined, report: Report): RequestListener {
  const app = new Koa();
  app.silent = true;
  if (guard !== undefined) app.use(koa(guard) as never);
  app.use(async (context) => {
    const found = plainRoute(context.method, context.path);
    const decided =
      guard === undefined ? undefined : decidedOf(context.req, (context.request as { body?: unknown }).body);
    const body = await bodyOf(context.req);
    const seen: Seen | undefined =
      found === undefined
        ? undefined
        : {
            operation: found.route.operation,
            path: found.path,
            query: Object.entries(context.query),
            trace: context.get('x-trace') === '' ? undefined : context.get('x-trace'),
            // Koa leaves cookies as they are sent.
            session: { value: decoded(context.cookies.get('session')) },
            fields: Object.keys(context.headers),
            ...(body === undefined ? {} : { body }),
          };
    report(idOf(context.req), decided, seen);
    context.status = 204;
  });
  return app.callback();
}

function decoded(value: string | undefined): string | undefined {
  return value === undefined ? undefined : decodeURIComponent(value);
}

/** Every framework that runs in this process. */
export const targets: Readonly<Record<string, Target>> = {
  'node:http': (guard, report) => {
    const handler = plain(guard !== undefined, report);
    return guard === undefined
      ? (request, response) => void handler(request, response).catch(() => response.destroy())
      : node(guard, handler);
  },
  'Express 5': (guard, report) =>
    withExpress(express5(), [express5.json(), express5.urlencoded(), express5.text()], guard, report),
  'Fastify 5': withFastify,
  Hono: withHono,
  Koa: withKoa,
};

/** A server on a free port of this machine. */
export async function listen(listener: RequestListener): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer({ maxHeaderSize: 32 * 1024 }, listener);
  // Otherwise what came before the end of a half-closed connection would count as aborted.
  (server as { httpAllowHalfOpen?: boolean }).httpAllowHalfOpen = true;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
