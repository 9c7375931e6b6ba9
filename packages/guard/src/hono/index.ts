import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DecodedParameters, Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import { NotAuthorized, type Authorize, type Permits } from '../authorize/handle.ts';
import type { Filter } from '../authorize/list-filter.ts';
import { problemOf, recordFailure } from '../failure.ts';
import { tapOf } from '../learn/tap.ts';
import { FetchIncoming } from '../fetch/request.ts';
import { answered, released } from '../fetch/response.ts';
import type { Connection } from '../fetch/index.ts';
import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import type { Outgoing } from '../node/outgoing.ts';

/** What handlers find under `c.var`. */
export interface HonoVariables {
  auth: AuthContext | undefined;
  operation: Operation | undefined;
  parameters: DecodedParameters;
  body: unknown;
  requestId: string;
  authorize: Authorize;
  permits: Permits;
  filter: Filter;
}

/** What the guard needs of Hono's context. */
export interface HonoContext {
  readonly req: { raw: Request; bodyCache: object; arrayBuffer(): Promise<ArrayBuffer> };
  res: Response;
  readonly error: Error | undefined;
  readonly env: unknown;
  set<K extends keyof HonoVariables>(key: K, value: HonoVariables[K]): void;
}

/**
 * The guard as a Hono middleware: `app.use(hono(guard))`, first. `c.var.auth`, `c.var.operation`, `c.var.parameters`
 * and `c.var.body` hold what was checked.
 * @param connection tells the caller's address; by default it is read from `@hono/node-server`'s environment
 */
export function hono(
  guard: Guard,
  connection: (context: HonoContext) => Connection = nodeConnection,
): (context: HonoContext, next: () => Promise<void>) => Promise<Response | void> {
  guard.start();
  return async (context, next) => {
    const incoming = new FetchIncoming(await unread(context.req), connection(context));
    const exchange = guard.open(incoming);
    if (!(await guard.admit(exchange))) return answered(guard, exchange);
    context.req.raw = incoming.passOn(exchange.body, {
      observes: exchange.mode === 'observe',
      query: exchange.rewritten ? exchange.query : undefined,
      passing: tapOf(exchange)?.request,
    });
    // What was read before the guard is not what was checked.
    context.req.bodyCache = {};
    context.set('auth', exchange.auth);
    context.set('operation', exchange.match?.operation);
    context.set('parameters', exchange.parameters);
    context.set('body', exchange.value);
    context.set('requestId', exchange.id);
    context.set('authorize', (...of) => guard.authorize(exchange, ...of));
    context.set('permits', (...of) => guard.permits(exchange, ...of));
    context.set('filter', (...of) => guard.filter(exchange, ...of));
    const outgoing = await lent(guard, exchange, context.env);
    let response: Response;
    try {
      await next();
      if (outgoing !== undefined && isWritten(outgoing, context)) response = sent();
      else if (await failed(exchange, context)) response = answered(guard, exchange);
      else response = await released(guard, exchange, context.res);
    } catch (error) {
      // What is no Error passes Hono by.
      if (outgoing?.fail(error) === true) response = sent();
      else {
        recordFailure(exchange, error);
        response = answered(guard, exchange);
      }
    }
    // Hono merges the fields of the old response into the new one unless the old one is dropped first.
    context.res = undefined as unknown as Response;
    context.res = response;
  };
}

/** The request with its body: where middleware before the guard read that, with what Hono kept of it. */
async function unread(req: HonoContext['req']): Promise<Request> {
  const { raw } = req;
  if (!raw.bodyUsed) return raw;
  try {
    const body = await req.arrayBuffer();
    return new Request(raw.url, { method: raw.method, headers: raw.headers, body, signal: raw.signal });
  } catch {
    // It was read past Hono, which has nothing of it.
    return raw;
  }
}

/** Whether a handler failed and nobody but Hono's own error handler answered that. */
async function failed(exchange: Exchange, { error, res }: HonoContext): Promise<boolean> {
  if (error === undefined) return false;
  if (error instanceof NotAuthorized || (await isDefault(res))) {
    recordFailure(exchange, error, problemOf(error));
    return true;
  }
  if (res.status >= 500) exchange.failure = error;
  return false;
}

/** Hono answers what the application does not with this text. */
async function isDefault(response: Response): Promise<boolean> {
  return response.status === 500 && (await response.clone().text()) === 'Internal Server Error';
}

/** What tells `@hono/node-server` that a handler answers by Node's response: `RESPONSE_ALREADY_SENT`. */
const alreadySent = 'x-hono-already-sent';

function sent(): Response {
  const made = new Response(null, { headers: { [alreadySent]: 'true' } });
  // It looks for the field only where the body was asked for; copies that middleware makes of this one are like it.
  void made.body;
  return made;
}

/** Whether the handler answers by Node's response, and not by what it returned. */
function isWritten(outgoing: Outgoing, { error, res }: HonoContext): boolean {
  return error === undefined ? outgoing.answers(res.headers.has(alreadySent)) : outgoing.fail(error);
}

/** Sees to it that Node's response (`c.env.outgoing` of `@hono/node-server`) is held once a handler takes it. */
async function lent(guard: Guard, exchange: Exchange, env: unknown): Promise<Outgoing | undefined> {
  const { outgoing } = (env ?? {}) as { outgoing?: ServerResponse };
  if (typeof outgoing?.writeHead !== 'function') return undefined;
  const own = new (await import('../node/outgoing.ts')).Outgoing(guard, exchange, outgoing);
  Object.defineProperty(env, 'outgoing', { configurable: true, enumerable: true, get: () => own.lend() });
  return own;
}

/** What `@hono/node-server` knows of the connection; elsewhere nothing of this is there. */
function nodeConnection(context: HonoContext): Connection {
  const { incoming } = (context.env ?? {}) as { incoming?: Partial<IncomingMessage> };
  const socket = incoming?.socket as { remoteAddress?: string; encrypted?: boolean } | undefined;
  return {
    remoteAddress: socket?.remoteAddress ?? '',
    encrypted: socket?.encrypted,
    target: incoming?.url,
    rawHeaders: incoming?.rawHeaders,
  };
}
