import type { ServerResponse } from 'node:http';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import type { GuardedRequest } from '@castellan/guard/node';
import { fail } from '@castellan/guard/node';
import type { Exchange, Guard, Resolver } from '@castellan/guard';
import { requestFields, responseFields } from './fields.ts';
import { resolveObject } from './resolve.ts';

export interface UpstreamOptions {
  /** Where the API really runs: `http://10.0.0.11:8080`, with a path prefix if it has one. */
  readonly url: URL;
  /** Milliseconds for a connection, for the head of the answer, and between two pieces of its body. */
  readonly connectTimeout: number;
  readonly headTimeout: number;
  readonly bodyTimeout: number;
  /** Connections at most. */
  readonly connections: number;
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

/** Opens a pool of connections to an upstream. Nothing is sent before the first request. */
export function openUpstream(guard: Guard, options: UpstreamOptions): Upstream {
  const pool = new Pool(options.url.origin, {
    connections: options.connections,
    connect: { timeout: options.connectTimeout },
    headersTimeout: options.headTimeout,
    bodyTimeout: options.bodyTimeout,
    pipelining: 1,
  });
  const prefix = options.url.pathname.replace(/\/$/, '');

  const send = (
    exchange: Exchange,
    request: GuardedRequest,
    response: ServerResponse,
    token: string | undefined,
  ): void => {
    const { incoming } = exchange;
    // In mode observe an undocumented target goes on as it came; otherwise what was checked is what is sent.
    const target =
      exchange.path === '' || (exchange.mode === 'observe' && incoming.target.startsWith('/'))
        ? incoming.target
        : exchange.query === ''
          ? exchange.path
          : `${exchange.path}?${exchange.query}`;
    pool.dispatch(
      {
        origin: options.url.origin,
        path: prefix + target,
        method: incoming.method as Dispatcher.HttpMethod,
        headers: requestFields(exchange, request, options.url.host, token),
        body: bodyOf(exchange, request),
      },
      answerHandler(guard, exchange, response),
    );
  };

  return {
    forward(exchange, request, response) {
      const token = options.contextToken?.(exchange);
      if (typeof token === 'object') return token.then((signed) => send(exchange, request, response, signed));
      send(exchange, request, response, token);
    },
    resolve: (exchange, _operation, path) =>
      resolveObject(pool, exchange, prefix + path, {
        host: options.url.host,
        timeout: options.headTimeout,
        maxBytes: guard.settings.maxResponse,
        contextToken: options.contextToken,
      }),
    close: () => pool.destroy(),
  };
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

/** Writes the upstream's answer to the held response: the guard decides there what leaves. */
function answerHandler(guard: Guard, exchange: Exchange, response: ServerResponse): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined;
  let ended = false;
  // The caller went away: the upstream need not go on.
  response.once('close', () => {
    if (!ended) controller?.abort(callerGone());
  });
  return {
    onRequestStart(given) {
      controller = given;
      // Gone while the request waited for a free connection.
      if (response.destroyed) given.abort(callerGone());
    },
    onResponseStart(given, status, headers) {
      if (status < 200) return;
      response.writeHead(status, responseFields(headers));
    },
    onResponseData(given, chunk) {
      if (response.write(chunk)) return;
      given.pause();
      response.once('drain', () => given.resume());
    },
    onResponseEnd() {
      // First the answer: what goes wrong in it is reported to onResponseError, which must still answer.
      response.end();
      ended = true;
    },
    onResponseError(given, error) {
      if (ended) return;
      ended = true;
      fail(guard, exchange, response, error, problemOf(error));
    },
  };
}

const callerGone = (): Error => new Error('the caller closed the connection');

function problemOf(error: Error & { code?: string }): 'timeout' | 'bad-gateway' {
  return error.code === 'UND_ERR_HEADERS_TIMEOUT' ||
    error.code === 'UND_ERR_BODY_TIMEOUT' ||
    error.code === 'UND_ERR_CONNECT_TIMEOUT'
    ? 'timeout'
    : 'bad-gateway';
}
