import { CastellanError } from '@castellan/contract';
import { actionNames, unknownAction } from '@castellan/policy/entities';
import type { Authority } from './authority.ts';
import type { Authorization } from './authorization.ts';
import type { Exchange } from '../exchange.ts';
import { problems, type Refusal, type RefusedDecision } from '../problem.ts';
import { entityKey, shownKey } from './directory.ts';
import { LoadFailure } from './load.ts';

/** Thrown by `authorize` in a handler; the guard answers it with 403 or 404, whatever the framework. */
export class NotAuthorized extends CastellanError {
  readonly refusal: Refusal;
  /** By which Express, Koa and Fastify choose the status of an error. */
  readonly status: number;
  readonly statusCode: number;

  constructor(refusal: Refusal) {
    super({ code: 'not-authorized', message: 'the caller may not do this', mend: 'let the error reach the guard' });
    this.refusal = refusal;
    this.status = refusal.status ?? problems[refusal.type].status;
    this.statusCode = this.status;
  }
}

/**
 * Decides on an object that a handler has loaded itself. What was allowed counts when the answer is checked.
 *
 * @param type a resource type of the contract
 * @param object with the property that identifies it
 * @param action the operation that it is about; the called one where not said
 */
export type Authorize = (type: string, object: object, action?: string) => Promise<void>;

/** The same question with a plain answer, for leaving things out. */
export type Permits = (type: string, object: object, action?: string) => Promise<boolean>;

/** What decides where there are no policies: nobody. */
export function noPolicies(): Promise<never> {
  return Promise.reject(
    new CastellanError({
      code: 'no-policies',
      message: 'nothing can decide: the guard has no policies',
      mend: 'give createGuard the option policies',
    }),
  );
}

/**
 * Asks for a handler. What had to be fetched and could not be, is a refusal with its own reason, not a failure of the
 * handler.
 * @throws NotAuthorized
 */
export async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw error instanceof LoadFailure ? new NotAuthorized(error.refusal) : error;
  }
}

/** The error about an object or type that the contract does not know. */
export function notAResource({ contract }: Authority, message: string): CastellanError {
  const types = [...contract.resources.keys()].join(', ');
  return new CastellanError({
    code: 'not-a-resource',
    message,
    mend: `give one of ${types || 'the resources that x-castellan names'} with its id`,
  });
}

/** Decides, and remembers what was allowed. */
export async function permits(
  exchange: Exchange,
  begin: (exchange: Exchange) => Authorization | Promise<Authorization> | undefined,
  type: string,
  object: object,
  action: string = exchange.operation?.operationId ?? '',
): Promise<{ readonly allowed: boolean; readonly why: string; readonly decision: RefusedDecision }> {
  const authorization = (await begin(exchange)) ?? (await noPolicies());
  const { authority } = authorization;
  const value = object as Readonly<Record<string, unknown>>;
  const idName = authority.contract.resources.get(type)?.id ?? 'id';
  const id = value[idName];
  if (
    !authority.contract.resources.has(type) ||
    (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint')
  )
    throw notAResource(authority, `the object is no ${type} of the contract, or has no ${idName}`);
  const facts = authority.facts(action);
  if (facts.model === undefined) throw unknownAction(action, actionNames(authority.contract));
  const ruling = await authorization.settled(() =>
    authorization.rule(facts, authorization.entity(type, String(id), value)),
  );
  if (ruling.allowed) {
    const key = entityKey(type, String(id));
    const by = new Set(authorization.granted.get(key)?.by).add(facts);
    authorization.granted.set(key, { type, id: String(id), value, by });
    exchange.ledger?.decided(action, type, String(id));
  }
  const { allowed, why, policies = [] } = ruling;
  return {
    allowed,
    why: allowed ? '' : `${action} on ${shownKey(authority, type, String(id))}: ${why}`,
    decision: { action, type, id: String(id), policies },
  };
}
