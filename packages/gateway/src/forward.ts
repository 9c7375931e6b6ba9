import type { ServerResponse } from 'node:http';
import { PassThrough, pipeline, type Duplex, type Readable } from 'node:stream';
import { CastellanError, isSequence, type Operation } from '@castellan/contract';
import type { Dispatcher } from 'undici';
import type { GuardedRequest } from '@castellan/guard/node';
import { fail } from '@castellan/guard/node';
import type { Answered, Exchange, Guard, Resolved } from '@castellan/guard';
import type { Readdressing } from './answer-fields.ts';
import { Answering, noPlace } from './answering.ts';
import { requestFields, type Written } from './fields.ts';
import { askUpstream } from './ask.ts';
import { balance } from './balance.ts';
import type { Capacity, Timeouts, UpstreamOptions } from './options.ts';
import { resolveObject } from './resolve.ts';
import { openTarget, type Target, type Way } from './targets.ts';
import { forwardUpgrade } from './upgrade.ts';

export interface ForwardOptions {
  /** Where the API really runs; at least one with a weight. */
  readonly upstreams: readonly UpstreamOptions[];
  readonly timeouts: Timeouts;
  readonly capacity: Capacity;
  /** The origin that one of the API's names stands for; undefined where the name is none. Asked for each request. */
  readonly originOf: (host: string) => string | undefined;
}

/** Forwards admitted requests to the upstreams. */
export interface Upstream {
  readonly targets: readonly Target[];
  /** @param token what tells the upstream who calls (`castellan-context`) */
  forward(
    exchange: Exchange,
    request: GuardedRequest,
    response: ServerResponse,
    token: string | undefined,
  ): void | Promise<void>;
  /** Joins an upgrade that was let in with one of the upstream. */
  upgrade(
    exchange: Exchange,
    request: GuardedRequest,
    socket: Duplex,
    head: Buffer,
    token: string | undefined,
  ): Promise<void>;
  /** Reads one object of the API for a decision. */
  resolve(exchange: Exchange, operation: Operation, path: string, token: string | undefined): Promise<Resolved>;
  /** Asks an operation with one caller's credential, and nothing else of the caller. */
  ask(path: string, headers: Readonly<Record<string, string>>): Promise<Answered>;
  /** Lets what is under way end, then closes. */
  retire(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the ways to the upstreams of an API.
 * @throws CastellanError `bad-upstream`, `tls-file`
 */
export function openUpstream(guard: Guard, options: ForwardOptions): Upstream {
  const { timeouts, capacity } = options;
  const targets = options.upstreams.map((one) => openTarget(one, timeouts, capacity));
  const next = balance(targets);
  if (targets.every(({ weight }) => weight === 0))
    throw new CastellanError({
      code: 'bad-upstream',
      message: 'no upstream gets any request: each has the weight 0',
      mend: 'give one of them a weight of at least 1',
    });

  const writtenOf = ({ url }: Target, exchange: Exchange, token: string | undefined): Written => {
    const host = exchange.fields?.host;
    const known = host !== undefined && options.originOf(host) !== undefined;
    return { host: url.host, calledAs: known ? host : undefined, token };
  };
  const dispatch = (
    exchange: Exchange,
    request: GuardedRequest,
    response: ServerResponse,
    token: string | undefined,
    target: Target,
    { pool, lane }: Way,
  ): void => {
    const { url, prefix } = target;
    const readdressing = (of: Exchange): Readdressing => ({
      upstream: url,
      prefix,
      origin: options.originOf(of.fields?.host ?? ''),
    });
    const answering = new Answering(guard, exchange, response, timeouts, readdressing, () => lane.leave());
    try {
      pool.dispatch(
        {
          origin: url.origin,
          path: prefix + targetOf(exchange),
          method: exchange.incoming.method as Dispatcher.HttpMethod,
          headers: requestFields(exchange, request, writtenOf(target, exchange, token)),
          body: bodyOf(exchange, request),
          // Who only observes waits as long as a caller of the upstream itself would.
          ...(exchange.responseMode === 'observe' && { headersTimeout: timeouts.stream }),
        },
        answering,
      );
    } catch (error) {
      answering.close();
      throw error;
    }
  };
  const forward: Upstream['forward'] = (exchange, request, response, token) => {
    const target = next();
    if (target === undefined) return fail(guard, exchange, response, noPlace(), 'unavailable');
    const way = mayStream(exchange) ? target.streams : target.ordinary;
    const entered = way.lane.enter();
    if (entered === true) return dispatch(exchange, request, response, token, target, way);
    if (entered === false) return fail(guard, exchange, response, noPlace(), 'unavailable');
    return entered.then((has) => {
      if (!has) fail(guard, exchange, response, noPlace(), 'unavailable');
      // Whoever has gone away while it waited gives the place to the next.
      else if (response.destroyed) way.lane.leave();
      else dispatch(exchange, request, response, token, target, way);
    });
  };
  const ways = targets.flatMap(({ ordinary, streams }) => [ordinary, streams]);

  return {
    targets,
    forward,
    async upgrade(exchange, request, socket, head, token) {
      const target = next();
      const lane = target?.streams.lane;
      if (target === undefined || lane === undefined || !(await lane.enter()) || socket.destroyed) {
        if (target !== undefined && socket.destroyed) lane?.leave();
        socket.destroy();
        return;
      }
      socket.once('close', () => lane.leave());
      const written = writtenOf(target, exchange, token);
      forwardUpgrade({ exchange, request, socket, head, target, written, timeouts, path: targetOf(exchange) });
    },
    async resolve(exchange, operation, path, token) {
      const target = next();
      if (target === undefined) return { failed: 'unavailable', log: 'no upstream' };
      return resolveObject(target.ordinary, exchange, operation, target.prefix + path, {
        written: writtenOf(target, exchange, token),
        timeout: timeouts.head,
        maxBytes: guard.settings.maxResponse,
      });
    },
    async ask(path, headers) {
      const target = next();
      if (target === undefined) return { failed: 'no upstream' };
      return askUpstream(target.ordinary, target.prefix + path, { ...headers, host: target.url.host }, timeouts.head);
    },
    async retire() {
      for (const { pool, lane } of ways) {
        await lane.empty();
        if (!pool.destroyed) await pool.close();
      }
    },
    async close() {
      for (const { pool, lane } of ways) {
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
