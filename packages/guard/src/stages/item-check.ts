import { compileUndocumented, type MediaType, type Operation, type SequenceItem } from '@castellan/contract';
import { answeredResources } from '../authorize/answered-resources.ts';
import { compileByteBudget, compileRecordBudget } from '../authorize/budget.ts';
import { compileItemCap } from '../authorize/page.ts';
import { undecided } from '../authorize/refusals.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';

/** What leaves of one item of a stream, or why nothing more does. */
export type ItemCheck = (
  exchange: Exchange,
  item: SequenceItem,
) => { readonly bytes: Uint8Array } | { readonly refusal: Refusal };

/**
 * An item of a stream that matches its schema is looked at as a JSON answer is: what nobody documented or the caller may
 * not read is taken out, and its objects must be permitted (API1:2023, API3:2023). A decision for which something has to be
 * fetched cannot be made while a body streams: the stream ends there.
 */
export function compileItemCheck(core: GuardCore, operation: Operation, media: MediaType, status: number): ItemCheck {
  const { itemSchema } = media;
  const essence = (media.type.split(';')[0] ?? '').trim().toLowerCase();
  const isEvents = essence === 'text/event-stream';
  const { profile } = core.contract.castellan;
  const names =
    isEvents || itemSchema === undefined || profile === 'toy'
      ? undefined
      : compileUndocumented(core.contract, itemSchema, 'response');
  const look = answeredResources.compile(core, operation, { ...media, schema: itemSchema }, status);
  const spend = compileByteBudget(core, operation);
  const spendRecord = compileRecordBudget(core, operation);
  const cap = compileItemCap(core, operation);
  const counts = new WeakMap<Exchange, number>();
  const withheld = (reason: string, log: string): { readonly refusal: Refusal } => ({
    refusal: { type: 'response-withheld', status: core.settings.withheldStatus, reason, log },
  });
  return (exchange, { bytes, value }) => {
    const over = spend?.(exchange, bytes.length);
    if (over !== undefined) return { refusal: over };
    if (value === undefined) return { bytes };
    if (cap !== undefined) {
      const count = (counts.get(exchange) ?? 0) + 1;
      counts.set(exchange, count);
      const tooMany = cap(count);
      if (tooMany !== undefined) return { refusal: tooMany };
    }
    const spent = spendRecord?.(exchange);
    if (spent !== undefined) return { refusal: spent };
    let changed = false;
    if (names?.in(value) === true) {
      if (profile === 'bank')
        return withheld('undocumented-property', `${names.find(value, 1)[0] ?? '/'} is not documented`);
      const { count, pointers } = names.remove(value);
      exchange.change('undocumented-property', pointers, count);
      changed = true;
    }
    const outcome = look?.(exchange, value, bytes.length);
    if (outcome instanceof Promise) {
      outcome.catch((error: unknown) => (exchange.failure ??= error));
      return { refusal: undecided(core, `${operation.operationId} streams an object that nothing is known of yet`) };
    }
    if (typeof outcome === 'object') return { refusal: outcome };
    if (outcome === undefined && !changed) return { bytes };
    if (isEvents) return withheld('item', 'an event holds what this caller may not read');
    const text = `${JSON.stringify(value)}\n`;
    return { bytes: Buffer.from(bytes[0] === 0x1e ? `\x1e${text}` : text) };
  };
}
