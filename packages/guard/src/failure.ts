import { NotAuthorized } from './authorize/handle.ts';
import type { Exchange } from './exchange.ts';
import { ProblemError } from './problem-error.ts';
import type { ProblemType } from './problem.ts';

/** Records what a handler threw: `authorize` refused, or the handler failed and the caller learns nothing of it. */
export function recordFailure(exchange: Exchange, error: unknown, type: ProblemType = 'internal-error'): void {
  if (error instanceof NotAuthorized) {
    exchange.verdict = { stage: 'authorize', refusal: error.refusal };
    return;
  }
  exchange.failure = thrown(error);
  exchange.verdict = { stage: 'handler', refusal: { type, reason: 'handler-failed' } };
}

/** What was thrown, as something that is there: to the record and to frameworks, `undefined` says that nothing was. */
export function thrown(error: unknown): unknown {
  return error ? error : new Error(`${String(error)} was thrown`);
}

/** The status that an error names for itself, as `http-errors` and what follows it do. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { status, statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown };
  const named = statusCode ?? status;
  return typeof named === 'number' && named >= 400 && named <= 599 ? named : undefined;
}

/**
 * Whether an exception is an application's way to answer what the caller did wrong, as `createError(404)` is. The
 * framework answers that, and the contract decides whether the answer may leave.
 */
export function isAnswer(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status < 500 && !(error instanceof NotAuthorized || error instanceof ProblemError);
}

const gatewayProblems: Readonly<Record<number, ProblemType>> = {
  502: 'bad-gateway',
  503: 'unavailable',
  504: 'timeout',
};

/** The problem that an exception is answered with: callers try again after 503 and not after 500. */
export function problemOf(error: unknown): ProblemType {
  return gatewayProblems[statusOf(error) ?? 500] ?? 'internal-error';
}
