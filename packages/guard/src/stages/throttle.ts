import type { RateLimit } from '@castellan/contract';
import { limitKey } from '../address.ts';
import type { AuthContext } from '../auth-context.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { LimitAnswer } from '../limits/gcra.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { Counter } from '../state/counter.ts';

/** Limits by address, before anything costly is done for a caller that nobody knows. */
export function throttleAddress(
  core: GuardCore,
  exchange: Exchange,
): Refusal | undefined | Promise<Refusal | undefined> {
  const { addressLimiter } = core;
  if (addressLimiter === undefined) return undefined;
  return take(addressLimiter, 'address', limitKey(exchange.address), 1);
}

/** Limits by principal and by operation, once it is known who calls (API4:2023). */
export const throttle: Stage = {
  name: 'throttle',
  compile(core, operation) {
    const takes: Take[] = [];
    const perPrincipal = core.settings.perPrincipal;
    const own = operation.castellan.rateLimit ?? core.contract.castellan.rateLimit;
    const cost = own?.cost ?? 1;
    if (perPrincipal !== undefined) {
      const limiter = core.limiters.get('principal', perPrincipal);
      takes.push((exchange) =>
        exchange.auth === undefined ? undefined : take(limiter, 'principal', principalKey(exchange), cost),
      );
    }
    if (own !== undefined)
      takes.push(
        operationLimit(
          core,
          operation.castellan.rateLimit === undefined ? 'api' : `operation ${operation.operationId}`,
          own,
        ),
      );
    const [only] = takes;
    if (only === undefined) return undefined;
    if (takes.length === 1) return only;
    return (exchange) => first(takes, 0, exchange);
  },
};

type Take = (exchange: Exchange) => Refusal | undefined | Promise<Refusal | undefined>;

/** The first refusal of several limits. Only where one has to be asked elsewhere it is a promise. */
function first(takes: readonly Take[], from: number, exchange: Exchange): ReturnType<Take> {
  for (let i = from; i < takes.length; i++) {
    const outcome = takes[i]?.(exchange);
    if (outcome === undefined) continue;
    if (!(outcome instanceof Promise)) return outcome;
    return outcome.then((refusal) => refusal ?? first(takes, i + 1, exchange));
  }
  return undefined;
}

function operationLimit(core: GuardCore, name: string, limit: RateLimit): Take {
  const limiter = core.limiters.get(name, limit.rate, limit.burst);
  return (exchange) => {
    const tenant = limit.by === 'tenant' ? exchange.auth?.tenant : undefined;
    const key =
      tenant !== undefined
        ? `tenant ${tenant}`
        : limit.by === 'address' || exchange.auth === undefined
          ? limitKey(exchange.address)
          : principalKey(exchange);
    return take(limiter, name.split(' ')[0] ?? name, key, limit.cost);
  };
}

const principals = new WeakMap<AuthContext, string>();

/** A subject is only unique within its issuer. */
function principalKey({ auth }: Exchange): string {
  if (auth === undefined) return '';
  let key = principals.get(auth);
  if (key === undefined) principals.set(auth, (key = `${auth.issuer} ${auth.subject}`));
  return key;
}

/** Who calls: the principal, or the address of a caller that nobody knows. */
export function callerKey(exchange: Exchange): string {
  return exchange.auth === undefined ? limitKey(exchange.address) : principalKey(exchange);
}

/** Takes units for a caller; the refusal where they do not fit. */
export function take(counter: Counter, policy: string, key: string, cost: number): ReturnType<Take> {
  const answer = counter.take(key, cost);
  if (answer === undefined) return undefined;
  if (!(answer instanceof Promise)) return limited(counter, policy, answer);
  return answer.then((settled) => settled && limited(counter, policy, settled));
}

function limited(counter: Counter, policy: string, answer: LimitAnswer): Refusal {
  // draft-ietf-httpapi-ratelimit-headers-11
  return {
    type: 'rate-limited',
    reason: `${policy}-limit`,
    detail: `Try again in ${answer.retryAfterSeconds} s.`,
    headers: {
      'retry-after': String(answer.retryAfterSeconds),
      ratelimit: `"${policy}";r=${answer.remaining};t=${answer.retryAfterSeconds}`,
      'ratelimit-policy': `"${policy}";q=${counter.rate.count};w=${counter.rate.seconds}`,
    },
  };
}
