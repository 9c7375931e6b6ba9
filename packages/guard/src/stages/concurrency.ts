import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import { giveBackAtEnd } from './give-back.ts';
import { callerKey } from '../limits/key.ts';

/**
 * How many calls of one caller may run at the same time (`x-castellan.concurrency`, OWASP API4:2023), on all instances
 * together. A call ends with its answer.
 */
export const concurrency: Stage = {
  name: 'throttle',
  compile(core, operation) {
    const limit = operation.castellan.concurrency;
    if (limit === undefined) return undefined;
    const { leases } = core.limiters.state;
    const refusal: Refusal = {
      type: 'rate-limited',
      reason: 'concurrency-limit',
      detail: `${limit === 1 ? 'A call' : `${limit} calls`} of this operation already run: wait for one to end.`,
      headers: { 'retry-after': '1' },
    };
    return (exchange) => {
      const taken = leases.take(`${operation.operationId} ${callerKey(exchange)}`, limit);
      if (taken instanceof Promise) {
        const given = giveBackAtEnd(exchange);
        return taken.then((release) => (release === undefined ? refusal : given(release)));
      }
      if (taken === undefined) return refusal;
      giveBackAtEnd(exchange)(taken);
      return undefined;
    };
  },
};
