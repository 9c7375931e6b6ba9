import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { DurableSink } from './log/sink.ts';

/** No audit, no answer. */
const notRecorded: Refusal = { type: 'unavailable', reason: 'audit-unavailable' };

/**
 * Has a request on the disk before its handler runs, and before a refusal leaves: what a caller was answered, the log has.
 * @param line the request as it is known then
 * @param required whether a request that the disk does not take is refused
 * @returns whether it may go on
 */
export async function recordBefore(
  sink: DurableSink,
  exchange: Exchange,
  passes: boolean | Promise<boolean>,
  line: () => string,
  required: boolean,
): Promise<boolean> {
  const passed = await passes;
  if ((await sink.durable(line())) || !required) return passed;
  exchange.answer = undefined;
  exchange.verdict = { stage: 'record', refusal: notRecorded };
  return false;
}
