import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, Server, ServerResponse } from 'node:http';
import { CastellanError } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import type { ProblemError } from '../problem-error.ts';
import { raise } from './raised.ts';
import {
  attach,
  dropOverrides,
  NodeIncoming,
  rewind,
  rewriteTarget,
  tapRequest,
  type GuardedRequest,
} from './request.ts';
import { holdBefore } from './held.ts';
import { answer, fail, failHeld, guardOf, hold, watch } from './response.ts';
import { answerUnparsed } from './unparsed.ts';

export { overrideFields, type Guarded, type GuardedRequest } from './request.ts';
export { exchangeOf, fail } from './response.ts';
export { answerUnparsed };
export { upgrades, type UpgradeHandler } from './upgrades.ts';
export { endWith, rawAnswer } from './raw-answer.ts';

/** A handler behind the guard. What it throws or rejects with becomes a 500 that tells nothing. */
export type GuardedHandler = (request: GuardedRequest, response: ServerResponse) => unknown;

/**
 * Puts a guard in front of a `node:http` (or `https`) handler.
 *
 * @example
 * ```ts
 * createServer(node(guard, (request, response) => {
 *   response.setHeader('content-type', 'application/json');
 *   response.end(JSON.stringify({ limit: request.query.limit }));
 * })).listen(8080);
 * ```
 */
export function node(guard: Guard, handler: GuardedHandler): RequestListener {
  guard.start();
  const continuation: Continuation = { admitted: handler };
  return (request, response) => {
    protect(guard, request, response, request.url ?? '', continuation);
  };
}

/** What a framework does when a request may pass, and when the guard has answered in its place. */
export interface Continuation {
  readonly admitted: (request: GuardedRequest, response: ServerResponse) => unknown;
  readonly refused?: (() => void) | undefined;
  /** Fields that were set before and that the response does not have yet. */
  readonly before?: (() => OutgoingHttpHeaders) | undefined;
  /** Takes refusals in the place of the guard's answer, where error handlers of the application write them. */
  readonly raised?: ((error: ProblemError) => void) | undefined;
}

/**
 * Carries one request of any framework that stands on `node:http` through the guard.
 * @param target the request target as received, where the framework has changed `request.url`
 */
export function protect(
  guard: Guard,
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  next: Continuation,
): void {
  const before = guardOf(response);
  if (before !== undefined) {
    passAgain(before === guard, request, response, next);
    return;
  }
  if (request.httpVersionMajor === 1) seeServer(guard, request.socket);
  const exchange = guard.open(new NodeIncoming(request, target));
  if (exchange.tap !== undefined) tapRequest(request, exchange.tap);
  const admitted = guard.admit(exchange);
  if (admitted === true) proceed(guard, exchange, request, response, next);
  else if (admitted === false) refuse(guard, exchange, request, response, next);
  else {
    admitted.then(
      (passes) =>
        passes ? proceed(guard, exchange, request, response, next) : refuse(guard, exchange, request, response, next),
      (error: unknown) => {
        exchange.failure = error;
        refuse(guard, exchange, request, response, next);
      },
    );
  }
}

/** The server of the last request: mostly there is one. */
let seen: object | undefined;

function seeServer(guard: Guard, socket: object): void {
  const { server } = socket as { readonly server?: Server };
  if (server === undefined || server === seen) return;
  seen = server;
  answerUnparsed(guard, server);
}

/**
 * A request that this guard let in already (it stands in the application and in a router as well): twice is the same as
 * once. Two different guards cannot both hold one answer; nothing is handled then.
 */
function passAgain(same: boolean, request: IncomingMessage, response: ServerResponse, next: Continuation): void {
  if (same) {
    void next.admitted(request as GuardedRequest, response);
    return;
  }
  failHeld(
    response,
    new CastellanError({
      code: 'two-guards',
      message: 'two guards handle one request',
      mend: 'give the application one guard, or each guard its own paths',
    }),
    'internal-error',
  );
  next.refused?.();
}

function refuse(
  guard: Guard,
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  next: Continuation,
): void {
  if (next.raised !== undefined && exchange.verdict !== undefined)
    return raise(guard, exchange, request, response, next.raised);
  for (const [name, value] of Object.entries(next.before?.() ?? {}))
    if (value !== undefined) response.setHeader(name, value);
  const own = guard.answer(exchange);
  exchange.status = own.status;
  answer(response, own);
  guard.close(exchange);
  next.refused?.();
}

function proceed(
  guard: Guard,
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  next: Continuation,
): void {
  const guarded = attach(guard, exchange, request);
  dropOverrides(request, exchange.mode === 'observe');
  if (exchange.rewritten) rewriteTarget(request, exchange.query);
  if (exchange.body !== undefined)
    rewind(request, exchange.body, exchange.rewritten || exchange.fields?.contentEncoding !== undefined);
  hold(guard, exchange, response);
  if (next.before !== undefined) holdBefore(response, next.before());
  try {
    const result = next.admitted(guarded, response);
    watch(response);
    if (result instanceof Promise) result.catch((error: unknown) => fail(guard, exchange, response, error));
  } catch (error) {
    fail(guard, exchange, response, error);
  }
}
