// The same application in every framework, two lines of Castellan in each.
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { serve } from '@hono/node-server';
import { All, Catch, Controller, Module, Req, Res, type ArgumentsHost, type INestApplication } from '@nestjs/common';
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
import { hono, type HonoVariables } from '@castellan/guard/hono';
import { koa } from '@castellan/guard/koa';
import { nest } from '@castellan/guard/nest';
import { node, type Guarded, type GuardedRequest } from '@castellan/guard/node';
import { application, type Application, type Call, type Reply } from '../contract.ts';

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

/** A mistake of the caller that the application answers by what its framework has for errors. */
export class SoldOut extends Error {}

const soldOut: Reply = { status: 409, body: { reason: 'sold out' } };

function callOf(given: Omit<Guarded, 'params' | 'query'>, whole: object = given): Call {
  const { parameters, body, auth, authorize, permits, filter } = given;
  return { params: parameters.path, query: parameters.query, body, auth, authorize, permits, filter, given: whole };
}

/** Goes on at once where there is nothing to wait for, as a handler that is not async does. */
function then<T>(reply: Reply | Promise<Reply>, go: (reply: Reply) => T): T | Promise<T> {
  return reply instanceof Promise ? reply.then(go) : go(reply);
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
  if (reply.stream !== undefined) pipeline(reply.stream, response, () => {});
  else if (reply.body === undefined) response.end();
  else response.end(text(reply));
}

function fetchResponse(reply: Reply): Response {
  const init = { status: reply.status, headers: fieldsOf(reply) };
  if (reply.stream !== undefined)
    return new Response(Readable.toWeb(Readable.from(reply.stream, { objectMode: false })) as ReadableStream, init);
  return new Response(reply.body === undefined ? null : text(reply), init);
}

function find(app: Application, method: string | undefined, path: string): (call: Call) => Reply | Promise<Reply> {
  for (const route of Object.values(app)) {
    const pattern = new RegExp(`^${route.path.replaceAll(/:[a-zA-Z]+/g, '[^/]+')}$`);
    if (route.method === (method === 'HEAD' ? 'get' : method?.toLowerCase()) && pattern.test(path)) return route.handle;
  }
  throw new Error(`the guard let ${method} ${path} through`);
}

type ExpressLike = {
  use: (middleware: never) => unknown;
} & Record<'get' | 'post' | 'delete', (path: string, handler: (request: never, response: never) => unknown) => unknown>;

function withExpress(app: ExpressLike & RequestListener, guard: Guard, routes: Application): Promise<Started> {
  app.use(express(guard) as never);
  for (const route of Object.values(routes)) {
    app[route.method](route.path, ((request: GuardedRequest, response: ServerResponse & { send(body: string): void }) =>
      then(route.handle(callOf(request)), (reply) => {
        if (reply.body === undefined) return answer(response, reply);
        response.statusCode = reply.status;
        for (const [name, value] of fieldsOf(reply)) response.setHeader(name, value);
        response.send(text(reply));
      })) as never);
  }
  app.use(((error: unknown, _request: unknown, response: ServerResponse, next: (error: unknown) => void) =>
    error instanceof SoldOut ? answer(response, soldOut) : next(error)) as never);
  return listening(createServer(app));
}

interface NestResponse {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  send(body?: string | Readable): unknown;
}

function sendByNest(response: NestResponse, reply: Reply, express: boolean): void {
  response.status(reply.status);
  for (const [name, value] of fieldsOf(reply)) response.header(name, value);
  if (reply.stream !== undefined) {
    const stream = Readable.from(reply.stream, { objectMode: false });
    if (express) pipeline(stream, response as unknown as ServerResponse, () => {});
    else response.send(stream);
  } else response.send(reply.body === undefined ? undefined : text(reply));
}

/** Decorators by hand: the tests run as plain erasable TypeScript. */
function nestModule(routes: Application): new () => object {
  class Everything {
    all(request: GuardedRequest & { raw?: GuardedRequest; originalUrl: string }, response: NestResponse): unknown {
      const handle = find(routes, request.method, request.originalUrl.split('?')[0] ?? '');
      return then(handle(callOf(request)), (reply) => sendByNest(response, reply, request.raw === undefined));
    }
  }
  // oxlint-disable-next-line typescript/no-extraneous-class -- a module of Nest is a class
  class Root {}
  Controller()(Everything);
  const method = Object.getOwnPropertyDescriptor(Everything.prototype, 'all');
  if (method !== undefined) {
    All('*')(Everything.prototype, 'all', method);
    Req()(Everything.prototype, 'all', 0);
    Res()(Everything.prototype, 'all', 1);
  }
  Module({ controllers: [Everything] })(Root);
  return Root;
}

class SoldOutFilter {
  catch(_error: SoldOut, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<NestResponse & { raw?: unknown }>();
    sendByNest(response, soldOut, response.raw === undefined);
  }
}
Catch(SoldOut)(SoldOutFilter);

async function withNest(app: INestApplication, guard: Guard): Promise<Started> {
  await nest(guard, app);
  app.useGlobalFilters(new SoldOutFilter());
  await app.listen(0, '127.0.0.1');
  return { url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), close: () => app.close() };
}

/** Fastify has a limit of its own, whatever the guard lets through. */
const bodyLimit = 8_000_000;

/** `@hono/node-server` with a Fetch handler. */
export function serving(
  fetch: (request: Request, environment: never) => Response | Promise<Response>,
): Promise<Started> {
  return new Promise((resolve) => {
    const server = serve({ fetch: fetch as never, port: 0, hostname: '127.0.0.1' }, (info) => {
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
}

/** Where there is no framework, the handler itself answers its errors. */
function owned(handle: (call: Call) => Reply | Promise<Reply>, call: Call): Reply | Promise<Reply> {
  const own = (error: unknown): Reply => {
    if (error instanceof SoldOut) return soldOut;
    throw error;
  };
  try {
    const reply = handle(call);
    return reply instanceof Promise ? reply.catch(own) : reply;
  } catch (error) {
    return own(error);
  }
}

/** Every adapter with its framework. */
export const servers: Readonly<Record<string, (guard: Guard, routes?: Application) => Promise<Started>>> = {
  'node:http': (guard, routes = application) =>
    listen(
      node(guard, (request, response) => {
        const handle = find(routes, request.method, (request.url ?? '').split('?')[0] ?? '');
        return then(owned(handle, callOf(request)), (reply) => answer(response, reply));
      }),
    ),
  'Express 5': (guard, routes = application) => withExpress(express5() as never, guard, routes),
  'Express 4': (guard, routes = application) => withExpress(express4() as never, guard, routes),
  async 'Fastify 5'(guard, routes = application) {
    const app = Fastify({ bodyLimit });
    await app.register(fastify(guard) as never);
    app.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof SoldOut)) throw error;
      return reply.code(soldOut.status).send(soldOut.body);
    });
    for (const route of Object.values(routes)) {
      app.route({
        method: route.method.toUpperCase() as 'GET',
        url: route.path,
        handler: (request, reply) =>
          then(route.handle(callOf(request as unknown as Guarded)), (made) => {
            reply.code(made.status).headers(Object.fromEntries(fieldsOf(made)));
            if (made.stream !== undefined) return reply.send(Readable.from(made.stream, { objectMode: false }));
            return made.body === undefined ? reply.send() : reply.send(text(made));
          }),
      });
    }
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => app.close() };
  },
  Hono(guard, routes = application) {
    const app = new Hono<{ Variables: HonoVariables }>();
    app.use(hono(guard) as never);
    for (const route of Object.values(routes)) {
      app.on(route.method.toUpperCase(), route.path, (context) =>
        then(route.handle(callOf(context.var, context)), fetchResponse),
      );
    }
    // What Hono's own handler answers; it would print each error as well.
    app.onError((error) =>
      error instanceof SoldOut ? fetchResponse(soldOut) : new Response('Internal Server Error', { status: 500 }),
    );
    return serving(app.fetch as never);
  },
  Koa(guard, routes = application) {
    const app = new Koa();
    app.silent = true;
    app.use(koa(guard) as never);
    app.use(async (context, next) => {
      try {
        await next();
      } catch (error) {
        if (!(error instanceof SoldOut)) throw error;
        context.status = soldOut.status;
        context.body = soldOut.body;
      }
    });
    app.use((context) => {
      const given = context as unknown as Omit<Guarded, 'body'> & { request: { body: unknown } };
      const handle = find(routes, context.method, context.path);
      return then(handle(callOf({ ...given, body: given.request.body }, context)), (reply) => {
        context.status = reply.status;
        context.set(Object.fromEntries(fieldsOf(reply)));
        if (reply.stream !== undefined) context.body = Readable.from(reply.stream, { objectMode: false });
        else if (reply.body !== undefined) context.body = text(reply);
      });
    });
    return listening(createServer(app.callback()));
  },
  async 'NestJS on Express'(guard, routes = application) {
    const adapter = new ExpressAdapter();
    return withNest(await NestFactory.create(nestModule(routes), adapter, { logger: false, bodyParser: false }), guard);
  },
  async 'NestJS on Fastify'(guard, routes = application) {
    const adapter = new FastifyAdapter({ bodyLimit });
    return withNest(
      await NestFactory.create<NestFastifyApplication>(nestModule(routes), adapter, { logger: false }),
      guard,
    );
  },
  Fetch(guard, routes = application) {
    const handler = fetchGuard(guard, (request, context) => {
      const handle = find(routes, request.method, new URL(request.url).pathname);
      return then(owned(handle, callOf(context)), fetchResponse);
    });
    return serving((request) => handler(request, { remoteAddress: '127.0.0.1' }));
  },
};
