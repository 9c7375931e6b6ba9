import { importanceOf } from '../limits/overload/importance.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import { giveBackAtEnd } from './give-back.ts';

/**
 * As many calls at once as the service can serve, found from how long they take (option `limits.overload`; API4:2023). The body is
 * there already, so that slow senders take no place.
 */
export const overload: Stage = {
  name: 'throttle',
  late: true,
  compile(core, operation) {
    const { places } = core.limiters;
    if (places === undefined) return undefined;
    const importance = importanceOf(operation);
    const { operationId } = operation;
    return (exchange) => {
      const place = places.enter(operationId, importance(exchange.auth !== undefined));
      if (place === undefined) return refusal;
      if (place instanceof Promise) {
        const given = giveBackAtEnd(exchange);
        return place.then((release) => (release === undefined ? refusal : given(release)));
      }
      return giveBackAtEnd(exchange)(place);
    };
  },
};

const refusal: Refusal = {
  type: 'unavailable',
  reason: 'overload',
  detail: 'Try again in 1 s.',
  headers: { 'retry-after': '1' },
};
