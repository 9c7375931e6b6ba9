import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Guard } from '../guard.ts';
import { protect, type Continuation } from '../node/index.ts';
import type { RaiseOptions } from '../problem-error.ts';
import { raises } from '../node/raised.ts';
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
 * @param options `raise`: refusals go to the application's error middleware as `ProblemError`
 * @throws CastellanError `unknown-option`, `bad-option`
 */
export function express(guard: Guard, options?: RaiseOptions): Middleware {
  guard.start();
  const raise = raises(options);
  return (request, response, next) => {
    catchErrors(request);
    const continuation: Continuation = { admitted: () => next(), raised: raise ? next : undefined };
    protect(guard, request, response, request.originalUrl ?? request.url ?? '', continuation);
  };
}
