import type { Answer } from './answer.ts';
import type { Problem } from './problem-form/options.ts';

/** A refusal as an error, for the error handlers of an application that asked for it: `express(guard, { raise: true })`. */
export class ProblemError extends Error {
  /** What the guard says, to be written in the application's own form. */
  readonly problem: Problem;
  /** By which frameworks choose the status of an error. */
  readonly status: number;
  readonly statusCode: number;
  /** What belongs to the refusal and must be on its answer, such as `www-authenticate`, `retry-after` and `allow`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its message may be shown. */
  readonly expose = true;

  constructor(problem: Problem, { status, headers }: Answer) {
    super(problem.detail ?? problem.title);
    this.name = 'ProblemError';
    this.problem = { ...problem, status };
    this.status = status;
    this.statusCode = status;
    const { 'content-type': _, ...rest } = headers;
    this.headers = rest;
    // It would only show the guard's own lines.
    this.stack = `ProblemError: ${this.message}`;
  }
}

/** How an adapter hands refusals on. */
export interface RaiseOptions {
  /**
   * Whether refusals go to the error handlers of the application, as {@link ProblemError}, rather than being answered by the
   * guard. No handler runs; what no error handler answers with a status from 400 on, the guard answers. Default false.
   */
  readonly raise?: boolean | undefined;
}
