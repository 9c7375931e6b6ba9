import type { MediaType, Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';

/** What a check says of an answer: nothing (it may leave), that it changed the value in place, or why it may not leave. */
export type AnswerOutcome = undefined | 'changed' | Refusal;

/**
 * Looks at an answer that matches its schema. Only what really waits is a promise.
 * @param bytes length of the body as it was given
 */
export type AnswerCheckFunction = (
  exchange: Exchange,
  value: unknown,
  bytes: number,
) => AnswerOutcome | Promise<AnswerOutcome>;

/** One check of answers; `compile` gives undefined where the operation has nothing to do here. */
export interface AnswerCheck {
  readonly compile: (
    core: GuardCore,
    operation: Operation,
    media: MediaType,
    status: number,
  ) => AnswerCheckFunction | undefined;
}

/** Several checks as one: the first refusal ends them. Undefined where there are none. */
export function inOrder(checks: readonly (AnswerCheckFunction | undefined)[]): AnswerCheckFunction | undefined {
  const present = checks.filter((check) => check !== undefined);
  if (present.length <= 1) return present[0];
  const run = (
    exchange: Exchange,
    value: unknown,
    bytes: number,
    from: number,
    changed: AnswerOutcome,
  ): AnswerOutcome | Promise<AnswerOutcome> => {
    let so = changed;
    for (let i = from; i < present.length; i++) {
      const outcome = present[i]?.(exchange, value, bytes);
      if (outcome === undefined) continue;
      if (outcome instanceof Promise)
        return outcome.then((settled) =>
          settled === undefined || settled === 'changed' ? run(exchange, value, bytes, i + 1, settled ?? so) : settled,
        );
      if (outcome !== 'changed') return outcome;
      so = outcome;
    }
    return so;
  };
  return (exchange, value, bytes) => run(exchange, value, bytes, 0, undefined);
}
