import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Refusal } from '../problem.ts';
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
      // Below nothing is no limit to many databases.
      if (asked === undefined || (typeof asked === 'number' && asked <= cap.max && asked >= 0)) return undefined;
      return {
        type: 'invalid-request',
        reason: 'page-limit',
        errors: [
          {
            pointer: `/query/${cap.limit}`,
            keyword: 'maximum',
            message: `must be at most ${cap.max}, and not below 0`,
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
  if (Array.isArray(value)) return countItems(value);
  if (typeof value !== 'object' || value === null) return 0;
  let most = -1;
  const pending: object[] = [value];
  for (let envelope = pending.pop(); envelope !== undefined; envelope = pending.pop()) {
    for (const inner of Object.values(envelope) as unknown[]) {
      if (Array.isArray(inner)) most = Math.max(most, countItems(inner));
      else if (typeof inner === 'object' && inner !== null) pending.push(inner);
    }
  }
  return most === -1 ? 1 : most;
}

/** A list in a list is a record where it is a row of cells; where it holds objects, those are. */
function countItems(list: readonly unknown[]): number {
  let count = 0;
  for (const item of list)
    count += Array.isArray(item) && item.some((one) => typeof one === 'object' && one !== null) ? countItems(item) : 1;
  return count;
}

/** The cap and the count of one streamed answer, item by item: whether another one is too many. */
export function compileItemCap(
  core: GuardCore,
  operation: Operation,
): ((count: number) => Refusal | undefined) | undefined {
  const { page: cap } = operation.castellan;
  if (cap === undefined) return undefined;
  return (count) =>
    count <= cap.max
      ? undefined
      : {
          type: 'response-withheld',
          status: core.settings.withheldStatus,
          reason: 'page-over-limit',
          log: `more than ${cap.max} items are streamed`,
        };
}
