import type { RateLimit } from '@castellan/contract';
import { limitKey } from '../address.ts';
import type { AuthContext } from '../auth-context.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Gcra } from '../limits/gcra.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';

/** Limits by address, before anything costly is done for a caller that nobody knows. */
export function throttleAddress(core: GuardCore, exchange: Exchange): Refusal | undefined {
  const { addressLimiter } = core;
  if (addressLimiter === undefined) return undefined;
  return take(addressLimiter, 'address', limitKey(exchange.address), core.limiters.now(), 1);
}

/** Limits by principal and by operation, once it is known who calls (API4:2023). */
export const throttle: Stage = {
  name: 'throttle',
  compile(core, operation) {
    const takes: ((exchange: Exchange) => Refusal | undefined)[] = [];
    const perPrincipal = core.settings.perPrincipal;
    const own = operation.castellan.rateLimit ?? core.contract.castellan.rateLimit;
    const cost = own?.cost ?? 1;
    if (perPrincipal !== undefined) {
      const limiter = core.limiters.get('principal', perPrincipal);
      takes.push((exchange) =>
        exchange.auth === undefined
          ? undefined
          : take(limiter, 'principal', principalKey(exchange), core.limiters.now(), cost),
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
    return (exchange) => {
      for (const one of takes) {
        const refusal = one(exchange);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    };
  },
};

function operationLimit(core: GuardCore, name: string, limit: RateLimit): (exchange: Exchange) => Refusal | undefined {
  const limiter = core.limiters.get(name, limit.rate, limit.burst);
  return (exchange) => {
    const tenant = limit.by === 'tenant' ? exchange.auth?.tenant : undefined;
    const key =
      tenant !== undefined
        ? `tenant ${tenant}`
        : limit.by === 'address' || exchange.auth === undefined
          ? limitKey(exchange.address)
          : principalKey(exchange);
    return take(limiter, name.split(' ')[0] ?? name, key, core.limiters.now(), limit.cost);
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
export function take(limiter: Gcra, policy: string, key: string, now: number, cost: number): Refusal | undefined {
  const answer = limiter.take(key, now, cost);
  if (answer === undefined) return undefined;
  // draft-ietf-httpapi-ratelimit-headers-11
  return {
    type: 'rate-limited',
    reason: `${policy}-limit`,
    detail: `Try again in ${answer.retryAfterSeconds} s.`,
    headers: {
      'retry-after': String(answer.retryAfterSeconds),
      ratelimit: `"${policy}";r=${answer.remaining};t=${answer.retryAfterSeconds}`,
      'ratelimit-policy': `"${policy}";q=${limiter.rate.count};w=${limiter.rate.seconds}`,
    },
  };
}
