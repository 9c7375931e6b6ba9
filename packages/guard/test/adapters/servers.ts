// The same application in every framework, two lines of Castellan in each.
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { serve } from '@hono/node-server';
import { Controller, Module, All, Req, Res, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import express5 from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import type { Guard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { fastify } from '@castellan/guard/fastify';
import { fetchGuard } from '@castellan/guard/fetch';
import { hono } from '@castellan/guard/hono';
import { koa } from '@castellan/guard/koa';
import { nest } from '@castellan/guard/nest';
import { node, type GuardedRequest } from '@castellan/guard/node';
import { application, type Call, type Reply } from '../contract.ts';

export interface Started {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export async function listen(listener: RequestListener): Promise<Started> {
  return listening(createServer(listener));
}

async function listening(server: Server): Promise<Started> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function callOf(request: GuardedRequest): Call {
  return { params: request.parameters.path, query: request.parameters.query, body: request.body, auth: request.auth };
}

function text(reply: Reply): string {
  return typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
}

/** The fields that a reply has, its media type included. */
function fieldsOf(reply: Reply): [name: string, value: string][] {
  const fields = Object.entries(reply.headers ?? {});
  if (reply.body !== undefined || reply.stream !== undefined)
    fields.push(['content-type', reply.type ?? 'application/json']);
  return fields;
}

/** Answers on Node's own response, as Express, Koa and Nest handlers may as well. */
function answer(response: ServerResponse, reply: Reply): void {
  response.statusCode = reply.status;
  for (const [name, value] of fieldsOf(reply)) response.setHeader(name, value);
  if (reply.stream !== undefined) Readable.from(reply.stream).pipe(response);
  else if (reply.body === undefined) response.end();
  else response.end(text(reply));
}

function fetchResponse(reply: Reply): Response {
  const init = { status: reply.status, headers: fieldsOf(reply) };
  if (reply.stream !== undefined)
    return new Response(Readable.toWeb(Readable.from(reply.stream, { objectMode: false })) as ReadableStream, init);
  return new Response(reply.body === undefined ? null : text(reply), init);
}

function find(method: string | undefined, path: string): (call: Call) => Reply {
  for (const route of Object.values(application)) {
    const pattern = new RegExp(`^${route.path.replace(/:[a-zA-Z]+/, '[^/]+')}$`);
    if (route.method === (method === 'HEAD' ? 'get' : method?.toLowerCase()) && pattern.test(path)) return route.handle;
  }
  throw new Error(`the guard let ${method} ${path} through`);
}

type ExpressLike = {
  use: (middleware: never) => unknown;
} & Record<'get' | 'post' | 'delete', (path: string, handler: (request: never, response: never) => void) => unknown>;

function withExpress(app: ExpressLike & RequestListener, guard: Guard): Promise<Started> {
  app.use(express(guard) as never);
  for (const route of Object.values(application)) {
    app[route.method](route.path, ((
      request: GuardedRequest,
      response: ServerResponse & { send(body: string): void },
    ) => {
      const reply = route.handle(callOf(request));
      if (reply.body === undefined) return answer(response, reply);
      response.statusCode = reply.status;
      for (const [name, value] of fieldsOf(reply)) response.setHeader(name, value);
      response.send(text(reply));
    }) as never);
  }
  return listening(createServer(app));
}

class Everything {
  all(request: GuardedRequest & { raw?: GuardedRequest; originalUrl: string }, response: NestResponse): void {
    const inner = request.raw ?? request;
    const reply = find(request.method, request.originalUrl.split('?')[0] ?? '')(callOf(inner));
    response.status(reply.status);
    for (const [name, value] of fieldsOf(reply)) response.header(name, value);
    if (reply.stream !== undefined) {
      const stream = Readable.from(reply.stream, { objectMode: false });
      if (request.raw === undefined) stream.pipe(response as unknown as ServerResponse);
      else response.send(stream);
    } else response.send(reply.body === undefined ? undefined : text(reply));
  }
}
interface NestResponse {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  send(body?: string | Readable): unknown;
}
// oxlint-disable-next-line typescript/no-extraneous-class -- a module of Nest is a class
class Root {}
// Decorators by hand: the tests run as plain erasable TypeScript.
Controller()(Everything);
const method = Object.getOwnPropertyDescriptor(Everything.prototype, 'all');
if (method !== undefined) {
  All('*')(Everything.prototype, 'all', method);
  Req()(Everything.prototype, 'all', 0);
  Res()(Everything.prototype, 'all', 1);
}
Module({ controllers: [Everything] })(Root);

async function withNest(app: INestApplication): Promise<Started> {
  await app.listen(0, '127.0.0.1');
  return { url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), close: () => app.close() };
}

/** Every adapter with its framework. */
export const servers: Readonly<Record<string, (guard: Guard) => Promise<Started>>> = {
  'node:http': (guard) =>
    listen(
      node(guard, (request, response) => {
        answer(response, find(request.method, (request.url ?? '').split('?')[0] ?? '')(callOf(request)));
      }),
    ),
  'Express 5': (guard) => withExpress(express5() as never, guard),
  'Express 4': (guard) => withExpress(express4() as never, guard),
  async 'Fastify 5'(guard) {
    const app = Fastify();
    await app.register(fastify(guard) as never);
    for (const route of Object.values(application)) {
      app.route({
        method: route.method.toUpperCase() as 'GET',
        url: route.path,
        handler(request, reply) {
          const given = request as unknown as {
            params: Call['params'];
            query: Call['query'];
            body: unknown;
            auth: unknown;
          };
          const made = route.handle(given);
          reply.code(made.status).headers(Object.fromEntries(fieldsOf(made)));
          if (made.stream !== undefined) return reply.send(Readable.from(made.stream, { objectMode: false }));
          return made.body === undefined ? reply.send() : reply.send(text(made));
        },
      });
    }
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => app.close() };
  },
  Hono(guard) {
    const app = new Hono();
    app.use(hono(guard) as never);
    for (const route of Object.values(application)) {
      app.on(route.method.toUpperCase(), route.path, (context) => {
        const given = context.var as unknown as {
          parameters: { path: Call['params']; query: Call['query'] };
          body: unknown;
          auth: unknown;
        };
        const reply = route.handle({
          params: given.parameters.path,
          query: given.parameters.query,
          body: given.body,
          auth: given.auth,
        });
        return fetchResponse(reply);
      });
    }
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => {
        resolve({
          url: `http://127.0.0.1:${info.port}`,
          close: () =>
            new Promise((done) => {
              (server as Server).closeAllConnections();
              server.close(() => done());
            }),
        });
      });
    });
  },
  Koa(guard) {
    const app = new Koa();
    app.silent = true;
    app.use(koa(guard) as never);
    app.use((context) => {
      const given = context as unknown as {
        parameters: { path: Call['params']; query: Call['query'] };
        auth: unknown;
        request: { body: unknown };
      };
      const reply = find(
        context.method,
        context.path,
      )({ params: given.parameters.path, query: given.parameters.query, body: given.request.body, auth: given.auth });
      context.status = reply.status;
      context.set(Object.fromEntries(fieldsOf(reply)));
      if (reply.stream !== undefined) context.body = Readable.from(reply.stream, { objectMode: false });
      else if (reply.body !== undefined) context.body = text(reply);
    });
    return listening(createServer(app.callback()));
  },
  async 'NestJS on Express'(guard) {
    const app = await NestFactory.create(Root, new ExpressAdapter(), { logger: false, bodyParser: false });
    app.use(nest(guard));
    return withNest(app);
  },
  async 'NestJS on Fastify'(guard) {
    const app = await NestFactory.create<NestFastifyApplication>(Root, new FastifyAdapter(), { logger: false });
    await app.register(fastify(guard) as never);
    return withNest(app);
  },
  Fetch(guard) {
    const handler = fetchGuard(guard, (request, context) => {
      const reply = find(request.method, new URL(request.url).pathname)(context);
      return fetchResponse(reply);
    });
    return new Promise((resolve) => {
      const server = serve(
        {
          fetch: (request: Request) => handler(request, { remoteAddress: '127.0.0.1' }),
          port: 0,
          hostname: '127.0.0.1',
        },
        (info) => {
          resolve({
            url: `http://127.0.0.1:${info.port}`,
            close: () =>
              new Promise((done) => {
                (server as Server).closeAllConnections();
                server.close(() => done());
              }),
          });
        },
      );
    });
  },
};
