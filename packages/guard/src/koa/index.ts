import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DecodedParameters, Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Authorize, Permits } from '../authorize/handle.ts';
import type { Filter } from '../authorize/list-filter.ts';
import { isAnswer, problemOf, thrown } from '../failure.ts';
import type { Guard } from '../guard.ts';
import { protect } from '../node/index.ts';
import { failHeld } from '../node/response.ts';

/** What the guard needs of Koa's context, and what it puts on it. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly originalUrl: string;
  readonly request: { body?: unknown; rawBody?: unknown };
  respond?: boolean | undefined;
  readonly app: { readonly context: object };
  /** What Koa calls with what no middleware caught, and with null at the end. */
  onerror(error: unknown): void;
  auth?: AuthContext | undefined;
  operation?: Operation | undefined;
  parameters?: DecodedParameters | undefined;
  requestId?: string;
  authorize?: Authorize;
  permits?: Permits;
  filter?: Filter;
}

/**
 * The guard as a Koa middleware: `app.use(koa(guard))`, first. `ctx.auth`, `ctx.operation`, `ctx.parameters` and
 * `ctx.request.body` hold what was checked. What no middleware catches becomes a 500 that tells nothing, unless the
 * application has an `onerror` of its own (`app.context.onerror`).
 */
export function koa(guard: Guard): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  guard.start();
  return (context, next) =>
    new Promise((resolve, reject) => {
      handOver(context);
      protect(guard, context.req, context.res, context.originalUrl, {
        admitted(request) {
          catchErrors(context);
          context.auth = request.auth;
          context.operation = request.operation;
          context.parameters = request.parameters;
          if (request.operation !== undefined || request.body !== undefined) context.request.body = request.body;
          context.requestId = request.requestId;
          context.authorize = request.authorize;
          context.permits = request.permits;
          context.filter = request.filter;
          next().then(
            () => resolve(),
            // To Koa undefined is no error, and nobody would answer.
            (error: unknown) => reject(thrown(error)),
          );
        },
        refused() {
          context.respond = false;
          resolve();
        },
      });
    });
}

/** What a body parser before the guard made of the body: Koa's keep it on Koa's request. */
function handOver({ req, request }: KoaContext): void {
  const { body, rawBody } = request;
  if (body !== undefined) Object.assign(req, { body });
  if (rawBody !== undefined) Object.assign(req, { rawBody });
}

/** Answers in the place of Koa's own `onerror`, which only tells listeners then. */
function catchErrors(context: KoaContext): void {
  if (Object.hasOwn(context.app.context, 'onerror')) return;
  const { onerror } = context;
  Object.assign(context, {
    onerror(error: unknown): void {
      const none = error === null || error === undefined;
      if (!none && !isAnswer(error)) failHeld(context.res, error, problemOf(error));
      const shown = none || error instanceof Error ? error : new Error('not an Error was thrown', { cause: error });
      onerror.call(context, shown);
    },
  });
}
