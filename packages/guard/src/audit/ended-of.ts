import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { attemptOf } from '../facts/attempt.ts';
import { probeOf } from '../facts/probe.ts';
import { endHandler } from '../facts/stage-timer.ts';
import { Ended } from './ended.ts';

/**
 * What is told of an exchange that ends now.
 * @param wantsAttempts whether somebody wants to know which credential was refused, and what refused values look like
 */
export function endedOf(core: GuardCore, exchange: Exchange, wantsAttempts: boolean): Ended {
  const attempt = wantsAttempts ? attemptOf(core, exchange) : undefined;
  const probe = wantsAttempts ? probeOf(exchange) : undefined;
  const now = performance.now();
  endHandler(exchange, now);
  return new Ended(exchange, now, attempt, probe);
}
