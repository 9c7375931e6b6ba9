import type { Operation } from '@castellan/contract';
import { limitKey } from '../address.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { compileCost, type CompiledCost } from '../limits/cost.ts';
import { operationLimits, type EffectiveLimit } from '../limits/effective.ts';
import type { LimitAnswer } from '../limits/gcra.ts';
import { compileKey, isLate } from '../limits/key.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { Counter } from '../state/counter.ts';
import { bannedAddress } from './banned.ts';

/** Bans and limits by address, before anything costly is done for a caller that nobody knows. */
export function throttleAddress(
  core: GuardCore,
  exchange: Exchange,
): Refusal | undefined | Promise<Refusal | undefined> {
  const refused = bannedAddress(core, exchange);
  if (refused !== undefined) return refused;
  const { addressLimiter } = core;
  if (addressLimiter === undefined) return undefined;
  return take(addressLimiter, 'address', limitKey(exchange.address), 1);
}

/** Limits by principal and by operation, once it is known who calls (API4:2023). */
export const throttle: Stage = {
  name: 'throttle',
  compile: (core, operation) => inTurn(core, operation, false),
  controls: () => ['rate-limit'],
};

/** The same for limits that count by a value of the request, or cost by one: once parameters and body are decoded. */
export const throttleValues: Stage = {
  name: 'throttle',
  late: true,
  compile: (core, operation) => inTurn(core, operation, true),
  controls: () => ['rate-limit'],
};

type Take = (exchange: Exchange) => Refusal | undefined | Promise<Refusal | undefined>;

function inTurn(core: GuardCore, operation: Operation, late: boolean): Take | undefined {
  const takes = operationLimits(core.contract, operation, core.settings).flatMap((limit) => {
    const counter = core.limiters.get(limit.counter, limit.rate, limit.burst);
    const cost = compileCost(limit.cost, counter.burst);
    return (cost.late || limit.by.some(isLate)) === late ? [takeOf(core, limit, counter, cost)] : [];
  });
  const [only] = takes;
  if (only === undefined || takes.length === 1) return only;
  return (exchange) => first(takes, 0, exchange);
}

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

function takeOf(core: GuardCore, limit: EffectiveLimit, counter: Counter, { before, after }: CompiledCost): Take {
  const { policy, who, counts } = limit;
  const keyOf = compileKey(limit.by, core.limiters.hash);
  const charged = after !== undefined || counts === 'failures';
  return (exchange) => {
    if (who !== 'all' && (who === 'known') !== (exchange.auth !== undefined)) return undefined;
    const key = keyOf(exchange);
    const units = before(exchange);
    const taken = take(counter, policy, key, units);
    if (!charged) return taken;
    const settle = (refusal: Refusal | undefined): Refusal | undefined => {
      if (refusal === undefined)
        atEnd(exchange, () => {
          const whole = counts === 'failures' && !isFailure(exchange) ? 0 : (after?.(exchange) ?? units);
          if (whole !== units) counter.adjust(key, whole - units);
        });
      return refusal;
    };
    return taken instanceof Promise ? taken.then(settle) : settle(taken);
  };
}

/** Runs when the exchange ended, after what is to run then already. */
function atEnd(exchange: Exchange, run: () => void): void {
  const previous = exchange.finish;
  exchange.finish = () => {
    previous?.();
    run();
  };
}

/**
 * Whether a call was a wrong guess as far as its answer tells: refused by the application, or its answer never came. What was not tried,
 * because another limit refused it, and what failed by the server's own fault are none.
 */
function isFailure({ status, verdict }: Exchange): boolean {
  if (verdict?.stage === 'throttle') return false;
  return status === 0 || (status >= 400 && status < 500 && status !== 429);
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
