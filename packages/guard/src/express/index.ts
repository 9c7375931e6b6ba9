import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DecodedParameters, Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Authorize, Permits } from '../authorize/handle.ts';
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

declare global {
  // Handlers of Express find what was checked on their request, without a cast.
  // oxlint-disable-next-line typescript/no-namespace -- what @types/express has for it
  namespace Express {
    interface Request {
      /** Who calls; undefined where the operation lets anybody in and nobody showed a credential. */
      auth?: AuthContext | undefined;
      /** The operation of the contract; undefined for what is outside of it. */
      operation?: Operation | undefined;
      /** All decoded parameters. Express overwrites `params` with text and leaves these alone. */
      parameters: DecodedParameters;
      requestId: string;
      authorize: Authorize;
      permits: Permits;
    }
  }
}

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
