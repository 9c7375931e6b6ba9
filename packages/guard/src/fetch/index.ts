import type { DecodedParameters, Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Authorize, Permits } from '../authorize/handle.ts';
import type { Filter } from '../authorize/list-filter.ts';
import { recordFailure } from '../failure.ts';
import type { Guard } from '../guard.ts';
import { tapOf } from '../learn/tap.ts';
import { FetchIncoming } from './request.ts';
import { answered, released } from './response.ts';

/** What a Fetch-style handler gets beside the request. */
export interface FetchContext {
  readonly auth: AuthContext | undefined;
  readonly operation: Operation | undefined;
  readonly parameters: DecodedParameters;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly requestId: string;
  /** Decides on an object that the handler loaded; throws what the guard answers with 403 or 404. */
  readonly authorize: Authorize;
  readonly permits: Permits;
  /** What of a type the caller may have in a list, as a condition for the database. */
  readonly filter: Filter;
}

/** What only the runtime knows about the connection. */
export interface Connection {
  readonly remoteAddress: string;
  readonly encrypted?: boolean | undefined;
  /** The request target as received, where the runtime still has it: a `Request` has a URL that was made of it. */
  readonly target?: string | undefined;
  /** Name, value, name, value… as received, where the runtime still has them: `Headers` joins fields of one name. */
  readonly rawHeaders?: readonly string[] | undefined;
}

export type FetchHandler = (request: Request, context: FetchContext) => Response | Promise<Response>;

/**
 * The guard around a Fetch-style handler (`(Request) => Response`): Bun, Deno, workers, Hono, Next.js route handlers.
 *
 * @returns a handler; its second argument tells the caller's address, which a `Request` does not carry
 * @example
 * ```ts
 * export default { fetch: fetchGuard(guard, (request, { auth }) => Response.json({ hello: auth?.subject })) };
 * ```
 */
export function fetchGuard(
  guard: Guard,
  handler: FetchHandler,
): (request: Request, connection?: Connection) => Promise<Response> {
  guard.start();
  return async (request, connection = { remoteAddress: '' }) => {
    const incoming = new FetchIncoming(request, connection);
    const exchange = guard.open(incoming);
    if (!(await guard.admit(exchange))) return answered(guard, exchange);
    const passed = incoming.passOn(exchange.body, {
      observes: exchange.mode === 'observe',
      query: exchange.rewritten ? exchange.query : undefined,
      passing: tapOf(exchange)?.request,
    });
    try {
      const response = await handler(passed, {
        auth: exchange.auth,
        operation: exchange.match?.operation,
        parameters: exchange.parameters,
        params: exchange.parameters.path,
        query: exchange.parameters.query,
        body: exchange.value,
        requestId: exchange.id,
        authorize: (type, object, action) => guard.authorize(exchange, type, object, action),
        permits: (type, object, action) => guard.permits(exchange, type, object, action),
        filter: (type, action) => guard.filter(exchange, type, action),
      });
      return await released(guard, exchange, response);
    } catch (error) {
      recordFailure(exchange, error);
      return answered(guard, exchange);
    }
  };
}
