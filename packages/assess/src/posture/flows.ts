import type { Operation } from '@castellan/contract';
import { endsInParameter, type Flow, flowOf as flowByName, segmentsOf, wordsOf } from '@castellan/meaning';

/** The flow that an operation begins, where its method changes something and its path ends so. */
export function flowOf(operation: Operation): Flow | undefined {
  return flowByName(operation);
}

/** Whether something in the document bounds how fast it may be called: a rate limit, a pace, a concurrency, a budget. */
export function isPaced(operation: Operation): boolean {
  const { rateLimit, flow, concurrency, budget } = operation.castellan;
  return rateLimit !== undefined || flow?.pace !== undefined || concurrency !== undefined || budget !== undefined;
}

/** Whether a 429 (or the range) is among the documented answers. */
export function tells429(operation: Operation): boolean {
  return operation.responses.some(({ status }) => status === '429');
}

/** Whether work behind it costs much, by the last word of its path: exports, conversions, rendering, batches. */
export function isExpensive(operation: Operation): boolean {
  const last = wordsOf(segmentsOf(operation.path).at(-1) ?? '').join('');
  if (endsInParameter(operation.path)) return false;
  const work =
    /^(?:exports?|render|pdf|generatepdf|generatereports?|exportpdf|exportcsv|convert|transcode|thumbnails?|screenshots?|resize|ocr|backups?|dump|imports?|bulk|batch)$/;
  const read = /^(?:export|render|pdf|generatepdf|generatereport|exportpdf|exportcsv|screenshot|dump)$/;
  return operation.method === 'POST' ? work.test(last) : operation.method === 'GET' && read.test(last);
}
