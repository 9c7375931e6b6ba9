// Software of the kind `(request, response, next)` beside the guard, on node:http, Express and NestJS on Express.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { All, Catch, Controller, Module, Req, Res, type ArgumentsHost } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Guard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { nest } from '@castellan/guard/nest';
import { node } from '@castellan/guard/node';
import { handle, Taken, type Call } from './api.ts';
import { listening, type Running } from './running.ts';

const require = createRequire(import.meta.url);
type Next = (error?: unknown) => void;
type Middleware = (request: never, response: never, next: Next) => unknown;

/** A package, and what stands before and behind the guard. */
export interface Beside {
  readonly package: string;
  readonly before?: (folder: string) => readonly (Middleware | readonly [path: string, ...Middleware[]])[];
  readonly behind?: (folder: string) => readonly (Middleware | readonly [path: string, ...Middleware[]])[];
}

type Made = (...given: unknown[]) => Middleware;
const of = (name: string): Made => require(name) as Made;
const from = (name: string, member: string): Made => (require(name) as Record<string, Made>)[member] as Made;

interface Passport {
  use(strategy: unknown): void;
  authenticate(name: string, options: object): Middleware;
}
function bearer(): Middleware {
  const { Passport } = require('passport') as { Passport: new () => Passport };
  const { Strategy } = require('passport-http-bearer') as { Strategy: new (verify: unknown) => unknown };
  const passport = new Passport();
  passport.use(
    new Strategy((token: string, done: (error: null, user: unknown) => void) =>
      done(null, token === 'of-ada' && 'ada'),
    ),
  );
  const authenticate = passport.authenticate('bearer', { session: false });
  // Only what is the caller's own asks for one.
  return (request: never, response: never, next) =>
    pathOf(request) === '/me' ? authenticate(request, response, next) : next();
}

const correlation: Middleware = (request: IncomingMessage, response: ServerResponse, next) => {
  response.setHeader('x-correlation-id', String(request.headers['x-correlation-id'] ?? 'none'));
  next();
};

export const beside: Readonly<Record<string, Beside>> = {
  CORS: { package: 'cors', before: () => [of('cors')({ origin: 'https://app.example', methods: 'GET,POST' })] },
  'security fields': { package: 'helmet', before: () => [from('helmet', 'default')()] },
  compression: { package: 'compression', before: () => [of('compression')({ threshold: 0 })] },
  'body parsers': { package: 'express.json', behind: () => [from('express', 'json')()] },
  uploads: {
    package: 'multer',
    behind: () => [(of('multer')() as unknown as { single: (name: string) => Middleware }).single('file')],
  },
  sessions: {
    package: 'express-session',
    behind: () => [of('express-session')({ secret: 'a secret of the test', resave: false, saveUninitialized: false })],
  },
  passport: { package: 'passport', behind: () => [bearer()] },
  'Swagger UI': {
    package: 'swagger-ui-express',
    behind: () => {
      const ui = require('swagger-ui-express') as { serve: Middleware[]; setup: (document: object) => Middleware };
      return [['/docs', ...ui.serve, ui.setup({ openapi: '3.0.3', info: { title: 'x', version: '1' }, paths: {} })]];
    },
  },
  'static files': { package: 'express.static', behind: (folder) => [['/assets', from('express', 'static')(folder)]] },
  'rate limiters': {
    package: 'express-rate-limit',
    behind: () => [from('express-rate-limit', 'rateLimit')({ windowMs: 60_000, limit: 3, validate: false })],
  },
  'request ids': { package: 'own middleware', before: () => [correlation] },
};

const pathOf = (request: IncomingMessage & { originalUrl?: string }): string =>
  (request.originalUrl ?? request.url ?? '').split('?')[0] ?? '';

type Parsed = IncomingMessage & {
  originalUrl?: string;
  body?: unknown;
  file?: { buffer: Buffer };
  session?: Record<string, unknown>;
  user?: string;
};

/** The API, on what middleware left on the request. */
function answer(request: Parsed, response: ServerResponse): void {
  const call: Call = {
    method: request.method ?? '',
    path: pathOf(request),
    body: request.body,
    file: request.file?.buffer,
    session: request.session,
    user: request.user,
  };
  const { status, json } = handle(call);
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(json));
}

const taken = (response: ServerResponse): void => {
  response.statusCode = 409;
  response.setHeader('content-type', 'application/json');
  response.end('{"message":"taken"}');
};

/** Middleware in a row, on a bare server. */
function row(
  list: readonly (Middleware | readonly [path: string, ...Middleware[]])[],
  last: RequestListener,
): RequestListener {
  const flat = list.flatMap((one) => {
    if (typeof one === 'function') return [one];
    const [path, ...rest] = one as readonly [string, ...Middleware[]];
    return rest.map((middleware): Middleware => (request: Parsed, response: never, next) => {
      const { url = '' } = request;
      if (!pathOf(request).startsWith(path)) return next();
      request.originalUrl ??= url;
      request.url = url.slice(path.length) || '/';
      return middleware(request as never, response, (error) => {
        request.url = url;
        next(error);
      });
    });
  });
  return (request, response) => {
    const step = (index: number) => (error?: unknown) => {
      if (error !== undefined) throw error as Error;
      const middleware = flat[index];
      if (middleware === undefined) last(request, response);
      else middleware(request as never, response as never, step(index + 1));
    };
    step(0)();
  };
}

export function bare(guard: Guard, { before, behind }: Beside, folder: string): Promise<Running> {
  const own: RequestListener = (request, response) => {
    try {
      answer(request, response);
    } catch (error) {
      if (!(error instanceof Taken)) throw error;
      taken(response);
    }
  };
  return listening(createServer(row(before?.(folder) ?? [], node(guard, row(behind?.(folder) ?? [], own) as never))));
}

type App = RequestListener & { use: (...given: unknown[]) => unknown };

export function withExpress(create: () => App) {
  return (guard: Guard, { before, behind }: Beside, folder: string): Promise<Running> => {
    const app = create();
    for (const one of before?.(folder) ?? []) app.use(...(typeof one === 'function' ? [one] : one));
    app.use(express(guard));
    for (const one of behind?.(folder) ?? []) app.use(...(typeof one === 'function' ? [one] : one));
    app.use(answer);
    app.use((error: unknown, _request: unknown, response: ServerResponse, next: Next) =>
      error instanceof Taken ? taken(response) : next(error),
    );
    return listening(createServer(app));
  };
}

class Everything {
  all(request: Parsed, response: ServerResponse): void {
    answer(request, response);
  }
}
Controller()(Everything);
All('*all')(
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
    taken(host.switchToHttp().getResponse());
  }
}
Catch(Taken)(TakenFilter);

export async function withNest(guard: Guard, { before, behind }: Beside, folder: string): Promise<Running> {
  const app = await NestFactory.create(Root, new ExpressAdapter(), { logger: false });
  for (const one of before?.(folder) ?? []) app.use(...((typeof one === 'function' ? [one] : one) as [never]));
  await nest(guard, app);
  for (const one of behind?.(folder) ?? []) app.use(...((typeof one === 'function' ? [one] : one) as [never]));
  app.useGlobalFilters(new TakenFilter());
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), server: app.getHttpServer() as Server, close: () => app.close() };
}
