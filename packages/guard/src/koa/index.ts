import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DecodedParameters, Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Authorize, Permits } from '../authorize/handle.ts';
import type { Guard } from '../guard.ts';
import { protect } from '../node/index.ts';

/** What the guard needs of Koa's context, and what it puts on it. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly originalUrl: string;
  readonly request: { body?: unknown };
  respond?: boolean | undefined;
  auth?: AuthContext | undefined;
  operation?: Operation | undefined;
  parameters?: DecodedParameters | undefined;
  authorize?: Authorize;
  permits?: Permits;
}

/**
 * The guard as a Koa middleware: `app.use(koa(guard))`, first. `ctx.auth`, `ctx.operation`, `ctx.parameters` and
 * `ctx.request.body` hold what was checked.
 */
export function koa(guard: Guard): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  guard.start();
  return (context, next) =>
    new Promise((resolve, reject) => {
      protect(guard, context.req, context.res, context.originalUrl, {
        admitted(request) {
          context.auth = request.auth;
          context.operation = request.operation;
          context.parameters = request.parameters;
          context.request.body = request.body;
          context.authorize = request.authorize;
          context.permits = request.permits;
          // Koa answers errors itself, through the held response.
          next().then(() => resolve(), reject);
        },
        refused() {
          context.respond = false;
          resolve();
        },
      });
    });
}
