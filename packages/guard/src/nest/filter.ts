import type { ServerResponse } from 'node:http';
import { isAnswer, problemOf } from '../failure.ts';
import { exchangeOf, failHeld } from '../node/response.ts';

/** The platform's way to answer, whichever it is. */
export interface Replies {
  reply(response: unknown, body: unknown, status: number): unknown;
}

/** What a filter gets of Nest: where the exception was thrown. */
export interface ArgumentsHost {
  getType(): string;
  getArgByIndex(index: number): unknown;
}

export interface ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): unknown;
}

/** Exceptions that are answers, as `new NotFoundException(…)`. */
interface HttpException {
  getStatus(): number;
  getResponse(): unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What Nest answers to what it does not know, for requests that no guard has seen. */
const unknown: Answer = { status: 500, body: { statusCode: 500, message: 'Internal server error' } };

/**
 * Stands where Nest's own filter would: what no filter of the application takes is answered by the guard, and exceptions
 * that are answers as Nest does.
 */
export class FailureFilter implements ExceptionFilter {
  readonly #platform: Replies;

  constructor(platform: Replies) {
    this.#platform = platform;
  }

  catch(error: unknown, host: ArgumentsHost): unknown {
    // GraphQL and messages have an error as their answer.
    if (host.getType() !== 'http') return error;
    const response = host.getArgByIndex(1);
    const raw = rawOf(response);
    const exchange = exchangeOf(raw);
    const answer = answerOf(error);
    if (exchange !== undefined && (answer === undefined || raw.headersSent)) {
      failHeld(raw, error, problemOf(error));
      return undefined;
    }
    const { status, body } = answer ?? unknown;
    if (exchange !== undefined && status >= 500) exchange.failure = error;
    this.#platform.reply(response, body, status);
    return undefined;
  }
}

function rawOf(response: unknown): ServerResponse {
  return (response as { readonly raw?: ServerResponse }).raw ?? (response as ServerResponse);
}

function answerOf(error: unknown): Answer | undefined {
  if (isHttpException(error)) {
    const status = error.getStatus();
    const body = error.getResponse();
    return { status, body: typeof body === 'object' ? body : { statusCode: status, message: body } };
  }
  if (!isAnswer(error)) return undefined;
  // What http-errors makes: parsers of Express and Fastify itself.
  const {
    status,
    statusCode = status ?? 400,
    message,
  } = error as { status?: number; statusCode?: number; message: string };
  return { status: statusCode, body: { statusCode, message } };
}

function isHttpException(error: unknown): error is HttpException {
  const { getStatus, getResponse } = (error ?? {}) as Partial<HttpException>;
  return typeof getStatus === 'function' && typeof getResponse === 'function';
}
