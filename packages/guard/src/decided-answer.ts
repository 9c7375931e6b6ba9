import { addedFields } from './added-fields.ts';
import { answerOf, undecidedRefusal, type Answer } from './answer.ts';
import type { GuardCore } from './core.ts';
import type { Exchange } from './exchange.ts';

/** What the guard answers itself: what a stage said, or the refusal, with the fields that every answer has. */
export function decidedAnswer(core: GuardCore, exchange: Exchange): Answer {
  const { answer, verdict } = exchange;
  const isWhole = answer !== undefined && verdict === undefined;
  const own = isWhole ? answer : answerOf(core, exchange, verdict?.refusal ?? undecidedRefusal);
  const added = answer === undefined ? addedFields(core, exchange) : [];
  return added.length === 0 ? own : { ...own, headers: { ...own.headers, ...Object.fromEntries(added) } };
}
