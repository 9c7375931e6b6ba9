import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { DecodedParameters, Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Authorize, Permits } from '../authorize/handle.ts';
import type { Filter } from '../authorize/list-filter.ts';
import type { Guard } from '../guard.ts';
import { exchangeOf, protect, type GuardedRequest } from '../node/index.ts';
import { raises } from '../node/raised.ts';
import type { RaiseOptions } from '../problem-error.ts';
import { answerInPlace, type OnError } from './errors.ts';

/** What the guard needs of Fastify's request and reply. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly originalUrl: string;
  params: unknown;
  query: unknown;
  body: unknown;
  auth?: AuthContext | undefined;
  operation?: Operation | undefined;
  parameters?: DecodedParameters | undefined;
  requestId?: string;
  authorize?: Authorize;
  permits?: Permits;
  filter?: Filter;
}
export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  send(payload: unknown): unknown;
  hijack(): unknown;
  getHeaders(): object;
}
type Done = (error?: Error) => void;

/** What the guard needs of a Fastify instance. */
export interface FastifyLike {
  addHook(
    name: 'onRequest' | 'preHandler',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: Done) => void,
  ): unknown;
  addHook(name: 'onError', hook: OnError): unknown;
  hasContentTypeParser(contentType: string): boolean;
  addContentTypeParser(
    contentType: string,
    parser: (
      request: FastifyRequestLike,
      payload: unknown,
      done: (error: Error | null, body?: unknown) => void,
    ) => void,
  ): unknown;
}

/**
 * The guard as a Fastify plugin: `app.register(fastify(guard))`. It covers every route of the instance that it is
 * registered on. `request.auth`, `request.operation` and `request.parameters` hold what was checked; `params`, `query`
 * and `body` are the decoded ones.
 * @param options `raise`: refusals go to `setErrorHandler` as `ProblemError`
 * @throws CastellanError `unknown-option`, `bad-option`
 */
export function fastify(
  guard: Guard,
  options?: RaiseOptions,
): (instance: FastifyLike, options: unknown, done: Done) => void {
  guard.start();
  const raise = raises(options);
  const observed = new WeakSet<IncomingMessage>();
  const plugin = (instance: FastifyLike, _options: unknown, done: Done): void => {
    instance.addHook('onRequest', (request, reply, next) => {
      // What Fastify runs is what it has after `rewriteUrl`, and that is what is checked.
      protect(guard, request.raw, reply.raw, request.raw.url ?? request.originalUrl, {
        admitted(raw) {
          request.auth = raw.auth;
          request.operation = raw.operation;
          request.parameters = raw.parameters;
          request.requestId = raw.requestId;
          request.authorize = raw.authorize;
          request.permits = raw.permits;
          request.filter = raw.filter;
          // Of a body that is not there, Fastify would parse nothing and refuse that; under `observe` it may.
          if (exchangeOf(reply.raw)?.mode !== 'enforce') observed.add(request.raw);
          else if (raw.body === undefined && raw.operation !== undefined) delete raw.headers['content-type'];
          next();
        },
        refused: () => {
          reply.hijack();
        },
        // Fastify keeps what its hooks set, such as those of CORS, until it writes the head.
        before: () => reply.getHeaders() as OutgoingHttpHeaders,
        raised: raise ? next : undefined,
      });
    });
    instance.addHook('onError', answerInPlace);
    instance.addHook('preHandler', (request, _reply, next) => {
      if (observed.has(request.raw)) return next();
      const { operation, parameters, body } = request.raw as GuardedRequest;
      if (operation !== undefined) {
        request.params = parameters.path;
        request.query = parameters.query;
        if (body !== undefined) request.body = body;
      }
      next();
    });
    // Media types that Fastify has no parser for were decoded by the guard; without this it would refuse them.
    // Fastify keeps its parser of all others under the empty name.
    if (!instance.hasContentTypeParser('') && !instance.hasContentTypeParser('*')) {
      instance.addContentTypeParser('*', (request, _payload, parsed) =>
        observed.has(request.raw) ? parsed(unsupported()) : parsed(null, (request.raw as GuardedRequest).body),
      );
    }
    done();
  };
  // Without this, Fastify would keep the hooks to the plugin's own scope.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'castellan',
  });
}

/** What Fastify says of a media type that it has no parser for. */
function unsupported(): Error {
  return Object.assign(new Error('Unsupported Media Type'), {
    name: 'FastifyError',
    code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    statusCode: 415,
  });
}
