import type { ServerResponse } from 'node:http';
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
      exchange.path === ''
        ? incoming.target
        : exchange.query === ''
          ? exchange.path
          : `${exchange.path}?${exchange.query}`;
    const body =
      exchange.body ?? (exchange.plan?.operation.body === undefined && exchange.match !== undefined ? null : request);
    pool.dispatch(
      {
        origin: options.url.origin,
        path: prefix + target,
        method: incoming.method as Dispatcher.HttpMethod,
        headers: requestFields(exchange, request, options.url.host, token),
        body: hasBody(exchange) ? body : null,
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
    if (!ended) controller?.abort(new Error('the caller closed the connection'));
  });
  return {
    onRequestStart(given) {
      controller = given;
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
      ended = true;
      response.end();
    },
    onResponseError(given, error) {
      if (ended) return;
      ended = true;
      fail(guard, exchange, response, error, problemOf(error));
    },
  };
}

function problemOf(error: Error & { code?: string }): 'timeout' | 'bad-gateway' {
  return error.code === 'UND_ERR_HEADERS_TIMEOUT' ||
    error.code === 'UND_ERR_BODY_TIMEOUT' ||
    error.code === 'UND_ERR_CONNECT_TIMEOUT'
    ? 'timeout'
    : 'bad-gateway';
}
