import { addedFields } from './added-fields.ts';
import { answerOf, undecidedRefusal, type Answer } from './answer.ts';
import type { GuardCore } from './core.ts';
import type { Exchange } from './exchange.ts';

/** The guard's own answer to an exchange, with the fields that its answers carry. */
export function decidedAnswer(core: GuardCore, exchange: Exchange): Answer {
  const { answer, verdict } = exchange;
  const own: Answer =
    answer !== undefined && verdict === undefined
      ? answer
      : answerOf(core, exchange, verdict?.refusal ?? undecidedRefusal);
  const added = exchange.answer === undefined ? addedFields(core, exchange) : [];
  return added.length === 0 ? own : { ...own, headers: { ...own.headers, ...Object.fromEntries(added) } };
}
