import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAnswer, problemOf } from '../failure.ts';
import { failHeld } from '../node/response.ts';

interface Reply {
  readonly raw: ServerResponse;
  send(payload: unknown): unknown;
}

/** A hook of Fastify that is called with an error before any error handler is. */
export type OnError = (
  request: { readonly raw: IncomingMessage },
  reply: Reply,
  error: unknown,
  done: () => void,
) => void;

/**
 * Answers failures in the place of Fastify's own error handler, whose answer tells the message of the exception. Those of
 * the application are asked first.
 */
export const answerInPlace: OnError = (_request, reply, error, done) => {
  if (!isAnswer(error)) {
    if (error instanceof Error) insteadOfDefault(reply, error);
    else insteadOfBody(reply, error);
  }
  done();
};

/** Whether Fastify's own handler was reached is known when it writes the head. */
function insteadOfDefault(reply: Reply, error: Error): void {
  const { raw } = reply;
  const { writeHead } = raw;
  raw.writeHead = (...given: readonly unknown[]): ServerResponse => {
    if (isUnhandled(reply) && failHeld(raw, error, problemOf(error))) return raw;
    return Reflect.apply(writeHead, raw, given) as ServerResponse;
  };
}

/** What is no Error, Fastify takes for a body when it is thrown again: it would send it, with status 200. */
function insteadOfBody(reply: Reply, error: unknown): void {
  const { send } = reply;
  reply.send = (payload) => {
    if (payload === error && failHeld(reply.raw, error, problemOf(error))) return reply;
    return Reflect.apply(send, reply, [payload]) as unknown;
  };
}

/**
 * Fastify keeps which error handler it would ask next: `false` when it writes an Error itself, and what all objects are
 * made of after its own handler, the last one, was asked.
 */
function isUnhandled(reply: Reply): boolean {
  const next = Object.getOwnPropertySymbols(reply).find(
    ({ description }) => description === 'fastify.reply.nextErrorHandler',
  );
  if (next === undefined) return false;
  const handler: unknown = Reflect.get(reply, next);
  return handler === false || handler === Object.prototype;
}
