import type { Stage } from '../stage.ts';
import type { AnswerCheck } from './answer-check.ts';

/**
 * The cap on what a caller may ask for (`x-castellan.page`), whatever the parameter's schema allows (API4:2023).
 */
export const page: Stage = {
  name: 'authorize',
  compile(_core, operation) {
    const { page: cap } = operation.castellan;
    if (cap === undefined) return undefined;
    return (exchange) => {
      const asked = exchange.parameters.query[cap.limit];
      if (asked === undefined || (typeof asked === 'number' && asked <= cap.max)) return undefined;
      return {
        type: 'invalid-request',
        reason: 'page-limit',
        errors: [
          {
            pointer: `/query/${cap.limit}`,
            keyword: 'maximum',
            message: `must be at most ${cap.max}`,
            mend: `ask for ${cap.max} or fewer`,
          },
        ],
      };
    };
  },
};

/** The same cap on what is answered: an application that forgets its limit does not give everything away. */
export const answeredPage: AnswerCheck = {
  compile(core, operation) {
    const { page: cap } = operation.castellan;
    if (cap === undefined) return undefined;
    return (_exchange, value) => {
      const count = countRecords(value);
      if (count <= cap.max) return undefined;
      return {
        type: 'response-withheld',
        status: core.settings.withheldStatus,
        reason: 'page-over-limit',
        log: `${count} items, at most ${cap.max} may be answered`,
      };
    };
  },
};

/**
 * How many records an answer holds: the items of a list, of the longest list of an envelope (`{ items, total }`,
 * `{ data: { items } }`), or one. Lists inside of a list's items belong to one record.
 */
export function countRecords(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let most = -1;
  const pending: object[] = [value];
  for (let envelope = pending.pop(); envelope !== undefined; envelope = pending.pop()) {
    for (const inner of Object.values(envelope) as unknown[]) {
      if (Array.isArray(inner)) most = Math.max(most, inner.length);
      else if (typeof inner === 'object' && inner !== null) pending.push(inner);
    }
  }
  return most === -1 ? 1 : most;
}
