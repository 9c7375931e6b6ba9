import { CastellanError, nearest, type Contract, type Operation } from '@castellan/contract';
import type { AuthContext } from './auth-context.ts';
import { noPolicies, type Authorize, type Permits } from './authorize/handle.ts';
import type { Filter } from './authorize/list-filter.ts';

/** One operation as `castellan types` writes it. */
export interface OperationTypes {
  readonly parameters: object;
  readonly body: unknown;
  readonly responses: object;
}

/** Anything that is not an operation's types stands for one of which nothing is known. */
export type TypesOf<T> = T extends OperationTypes ? T : OperationTypes;

/** Where no types were generated, every operation may be asked for and everything is unknown. */
export type AnyOperations = Readonly<
  Record<
    string,
    {
      readonly parameters: Readonly<Record<'path' | 'query' | 'header' | 'cookie', Readonly<Record<string, unknown>>>>;
      readonly body: unknown;
      readonly responses: Readonly<Record<string, unknown>>;
    }
  >
>;

/** What the guard found out about one request, typed by the contract. */
export interface Call<T extends OperationTypes> {
  readonly parameters: T['parameters'];
  readonly body: T['body'];
  readonly auth: AuthContext | undefined;
  /** Decides on an object that the handler loaded; rejects with what the guard answers as 403 or 404. */
  readonly authorize: Authorize;
  /** The same question with a plain answer. */
  readonly permits: Permits;
  /** What of a type the caller may have in a list, as a condition for the database. */
  readonly filter: Filter;
}

/** One operation of the contract, with its types where they were generated. */
export interface GuardedOperation<T extends OperationTypes> {
  readonly operation: Operation;
  /**
   * What was checked of a request: of `node:http`, Express, Fastify and Nest requests, Koa's and Hono's context, or the
   * second argument of a Fetch handler.
   * @throws CastellanError `other-operation` where the request calls another operation
   */
  of(request: object): Call<T>;
  /** A response body, held to the documented type of its status by the compiler. */
  reply<S extends keyof T['responses']>(status: S, body: T['responses'][S]): T['responses'][S];
}

/** What adapters put on a request or context. */
interface Given {
  readonly operation?: Operation | undefined;
  readonly parameters?: unknown;
  readonly body?: unknown;
  readonly auth?: AuthContext | undefined;
  readonly authorize?: Authorize;
  readonly permits?: Permits;
  readonly filter?: Filter;
}

/**
 * Looks up an operation.
 * @throws CastellanError `unknown-operation`
 */
export function operationOf<T extends OperationTypes>(contract: Contract, id: string): GuardedOperation<T> {
  const operation = contract.operations.find(({ operationId }) => operationId === id);
  if (operation === undefined) {
    const near = nearest(
      id,
      contract.operations.map(({ operationId }) => operationId),
    );
    throw new CastellanError({
      code: 'unknown-operation',
      message: `the contract has no operation '${id}'`,
      place: { file: contract.file },
      mend:
        near === undefined ? 'name one of its operations; castellan contract lists them' : `did you mean '${near}'?`,
    });
  }
  return {
    operation,
    of(request) {
      const given = givenOf(request);
      if (given.operation?.operationId !== id)
        throw new CastellanError({
          code: 'other-operation',
          message: `this request calls ${given.operation?.operationId ?? 'no operation'}, not '${id}'`,
          place: { file: contract.file },
          mend: 'ask for the operation that the route is for, behind the guard',
        });
      const { parameters, body, auth, authorize = noPolicies, permits = noPolicies, filter = noPolicies } = given;
      return { parameters: parameters as T['parameters'], body, auth, authorize, permits, filter };
    },
    reply: (_status, body) => body,
  };
}

function givenOf(request: object): Given {
  // Hono keeps what middleware finds out under `var`; Koa's context has its body on its request.
  if ('var' in request && typeof request.var === 'object' && request.var !== null) return request.var;
  const given = request as Given & { readonly request?: { readonly body?: unknown } };
  const koa = 'app' in request && 'cookies' in request && typeof given.request === 'object';
  if (!koa) return given;
  const { operation, parameters, auth, authorize = noPolicies, permits = noPolicies, filter = noPolicies } = given;
  return { operation, parameters, auth, authorize, permits, filter, body: given.request?.body };
}
