import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { Release } from '../state/leases.ts';
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

/** Gives a place back when the exchange ends, also where it ended before the place was there. */
function giveBackAtEnd(exchange: Exchange): (release: Release) => undefined {
  let ended = false;
  let place: Release | undefined;
  const previous = exchange.finish;
  exchange.finish = () => {
    ended = true;
    place?.();
    previous?.();
  };
  return (release) => {
    if (ended) release();
    else place = release;
  };
}
