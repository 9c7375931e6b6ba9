import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Guard } from '../guard.ts';
import { protect, type Continuation } from '../node/index.ts';
import { catchErrors } from './errors.ts';

/** A middleware of Express 4 and 5 and of Connect. */
export type Middleware = (
  request: IncomingMessage & { readonly originalUrl?: string },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * The guard as an Express middleware. Put it before body parsers and routers; it sees the whole request target even
 * when it is mounted under a path. What handlers throw or reject with, and no error handler of the application answers,
 * becomes a 500 that tells nothing, in Express 4 as well.
 *
 * @example
 * ```ts
 * const app = express();
 * app.use(castellan(guard));
 * app.get('/orders', (request, response) => response.json({ items: [] }));
 * ```
 */
export function express(guard: Guard): Middleware {
  guard.start();
  return (request, response, next) => {
    catchErrors(request);
    const continuation: Continuation = { admitted: () => next() };
    protect(guard, request, response, request.originalUrl ?? request.url ?? '', continuation);
  };
}
