import type { ServerResponse } from 'node:http';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { isSequence, type Operation } from '@castellan/contract';
import { type Dispatcher, Pool } from 'undici';
import type { GuardedRequest } from '@castellan/guard/node';
import { fail } from '@castellan/guard/node';
import type { Exchange, Guard, Resolver } from '@castellan/guard';
import type { Readdressing } from './answer-fields.ts';
import { Answering, noPlace } from './answering.ts';
import { requestFields, type Written } from './fields.ts';
import { Lane } from './lane.ts';
import type { Capacity, Timeouts } from './limits.ts';
import { resolveObject } from './resolve.ts';

export interface UpstreamOptions {
  /** Where the API really runs: `http://10.0.0.11:8080`, with a path prefix if it has one. */
  readonly url: URL;
  readonly timeouts: Timeouts;
  readonly capacity: Capacity;
  /** The origin that one of the API's names stands for; undefined where the name is none. Asked for each request. */
  readonly originOf: (host: string) => string | undefined;
  /** Adds what identifies the caller (`castellan-context`); asked for each request. */
  readonly contextToken?: ((exchange: Exchange) => Promise<string> | string | undefined) | undefined;
}

/** Forwards admitted requests to one upstream. */
export interface Upstream {
  forward(exchange: Exchange, request: GuardedRequest, response: ServerResponse): void | Promise<void>;
  /** Reads one object of the API for a decision. */
  readonly resolve: Resolver;
  close(): Promise<void>;
}

/** One way to the upstream, with its own connections. */
export interface Way {
  readonly pool: Pool;
  readonly lane: Lane;
}

/** Opens pools of connections to an upstream. Nothing is sent before the first request. */
export function openUpstream(guard: Guard, options: UpstreamOptions): Upstream {
  const { url, timeouts, capacity } = options;
  const wayOf = (connections: number): Way => ({
    pool: new Pool(url.origin, {
      connections,
      connect: { timeout: timeouts.connect },
      headersTimeout: timeouts.head,
      // Whether an answer may be silent is known with its head: it is watched there.
      bodyTimeout: 0,
      pipelining: 1,
    }),
    lane: new Lane({ places: connections, waiting: capacity.queue, deadline: timeouts.queue }),
  });
  const ordinary = wayOf(capacity.connections);
  // Those who listen for hours keep nobody else from being answered.
  const streams = wayOf(capacity.streams);
  const prefix = url.pathname.replace(/\/$/, '');

  const writtenOf = (exchange: Exchange, token: string | undefined): Written => {
    const host = exchange.fields?.host;
    const known = host !== undefined && options.originOf(host) !== undefined;
    return { host: url.host, calledAs: known ? host : undefined, token };
  };
  const readdressing = (exchange: Exchange): Readdressing => ({
    upstream: url,
    prefix,
    origin: options.originOf(exchange.fields?.host ?? ''),
  });
  const dispatch = (
    exchange: Exchange,
    request: GuardedRequest,
    response: ServerResponse,
    token: string | undefined,
    { pool, lane }: Way,
  ): void => {
    const answering = new Answering(guard, exchange, response, timeouts, readdressing, () => lane.leave());
    try {
      pool.dispatch(
        {
          origin: url.origin,
          path: prefix + targetOf(exchange),
          method: exchange.incoming.method as Dispatcher.HttpMethod,
          headers: requestFields(exchange, request, writtenOf(exchange, token)),
          body: bodyOf(exchange, request),
          // Who only observes waits as long as a caller of the upstream itself would.
          ...(exchange.mode === 'observe' && { headersTimeout: timeouts.stream }),
        },
        answering,
      );
    } catch (error) {
      answering.close();
      throw error;
    }
  };
  const send = (
    exchange: Exchange,
    request: GuardedRequest,
    response: ServerResponse,
    token: string | undefined,
  ): void | Promise<void> => {
    const way = mayStream(exchange) ? streams : ordinary;
    const entered = way.lane.enter();
    if (entered === true) return dispatch(exchange, request, response, token, way);
    if (entered === false) return fail(guard, exchange, response, noPlace(), 'unavailable');
    return entered.then((has) => {
      if (!has) fail(guard, exchange, response, noPlace(), 'unavailable');
      // Whoever has gone away while it waited gives the place to the next.
      else if (response.destroyed) way.lane.leave();
      else dispatch(exchange, request, response, token, way);
    });
  };

  return {
    forward(exchange, request, response) {
      const token = options.contextToken?.(exchange);
      if (typeof token === 'object') return token.then((signed) => send(exchange, request, response, signed));
      return send(exchange, request, response, token);
    },
    resolve: async (exchange, operation, path) =>
      resolveObject(ordinary, exchange, operation, prefix + path, {
        written: writtenOf(exchange, await options.contextToken?.(exchange)),
        timeout: timeouts.head,
        maxBytes: guard.settings.maxResponse,
      }),
    async close() {
      for (const { pool, lane } of [ordinary, streams]) {
        lane.close();
        await pool.destroy();
      }
    },
  };
}

/** In mode observe a target goes on as it came; otherwise what was checked is what is sent. */
function targetOf({ incoming, mode, path, query }: Exchange): string {
  if (path === '' || (mode === 'observe' && incoming.target.startsWith('/'))) return incoming.target;
  return query === '' ? path : `${path}?${query}`;
}

const streaming = new WeakMap<Operation, boolean>();

/**
 * Whether an answer may go on for long: by the contract, and where that says nothing, by what the caller asks for. Who
 * only observes cannot know.
 */
function mayStream(exchange: Exchange): boolean {
  const { operation, mode } = exchange;
  if (mode === 'observe') return true;
  if (operation === undefined) return /text\/event-stream/i.test(exchange.incoming.headers.accept ?? '');
  let known = streaming.get(operation);
  if (known === undefined) {
    known = operation.responses.some(({ content }) => content.some(({ type }) => isSequence(type)));
    streaming.set(operation, known);
  }
  return known;
}

/**
 * What was read and checked; or, where a guard that only observes left the body unread, the request itself. It goes
 * through a stream of its own: undici takes the socket away from a request that it is given (`request.socket = null`).
 */
function bodyOf(exchange: Exchange, request: GuardedRequest): Uint8Array | Readable | null {
  if (!hasBody(exchange)) return null;
  if (exchange.body !== undefined) return exchange.body;
  if (exchange.mode !== 'observe' && exchange.plan?.operation.body === undefined && exchange.match !== undefined)
    return null;
  // A caller that goes away destroys both; the forwarded request then fails and the exchange ends there.
  return pipeline(request, new PassThrough(), () => {});
}

function hasBody(exchange: Exchange): boolean {
  const { fields } = exchange;
  return (
    exchange.body !== undefined ||
    fields?.transferEncoding !== undefined ||
    (fields?.contentLength !== undefined && fields.contentLength !== '0')
  );
}
