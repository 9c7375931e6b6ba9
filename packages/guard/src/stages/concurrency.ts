import type { Stage } from '../stage.ts';
import { callerKey } from '../limits/key.ts';

/** How many calls of one caller may run at the same time (`x-castellan.concurrency`, OWASP API4:2023). A call ends with its answer. */
export const concurrency: Stage = {
  name: 'throttle',
  compile(core, operation) {
    const limit = operation.castellan.concurrency;
    if (limit === undefined) return undefined;
    const { running } = core.limiters;
    return (exchange) => {
      const leave = running.take(operation.operationId, callerKey(exchange), limit);
      if (leave === undefined)
        return {
          type: 'rate-limited',
          reason: 'concurrency-limit',
          detail: `${limit === 1 ? 'A call' : `${limit} calls`} of this operation already run: wait for one to end.`,
          headers: { 'retry-after': '1' },
        };
      const previous = exchange.finish;
      exchange.finish = () => {
        leave();
        previous?.();
      };
      return undefined;
    };
  },
};
