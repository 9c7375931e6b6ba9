import type { Operation } from '@castellan/contract';
import { isUnsafe } from './api.ts';
import { lastSegment } from './purpose.ts';
import { segmentsOf, wordsOf } from './words.ts';

/** A business flow that hurts when it is automated (OWASP API6:2023). */
export type Flow = 'payment' | 'purchase' | 'booking' | 'reward' | 'vote' | 'message';

const FLOWS: readonly (readonly [Flow, RegExp])[] = [
  [
    'payment',
    /^(?:payments?|transfers|payouts?|withdrawals?|withdraw|refunds?|remittances?|topups?|ueberweisungen|virements?|transferencias?)$/,
  ],
  ['purchase', /^(?:checkout|purchases?|orders?|buy|bestellungen|commandes?|pedidos?)$/],
  ['booking', /^(?:bookings?|reservations?|reserve|appointments?|buchungen|reservas?)$/],
  ['reward', /^(?:redeem|redemptions?|coupons?|vouchers?|giftcards?|referrals?|rewards?|claims?)$/],
  ['vote', /^(?:votes?|ballots?|ratings?|likes?)$/],
  ['message', /^(?:messages?|sms|invitations?|invites?|broadcasts?)$/],
];

/** The flow that an operation takes a step of, where its method changes something and its path ends so. */
export function flowOf(operation: Operation): Flow | undefined {
  if (
    !isUnsafe(operation) ||
    operation.method === 'DELETE' ||
    operation.method === 'PUT' ||
    operation.method === 'PATCH'
  )
    return undefined;
  const last = wordsOf(lastSegment(operation)).join('');
  // Beginning a flow: POST on the collection, or on an action of that name. What is below one object is another matter.
  if (operation.path.endsWith('}')) return undefined;
  return FLOWS.find(([, pattern]) => pattern.test(last))?.[0];
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
  if (operation.path.endsWith('}')) return false;
  const work =
    /^(?:exports?|render|pdf|generatepdf|generatereports?|exportpdf|exportcsv|convert|transcode|thumbnails?|screenshots?|resize|ocr|backups?|dump|imports?|bulk|batch)$/;
  const read = /^(?:export|render|pdf|generatepdf|generatereport|exportpdf|exportcsv|screenshot|dump)$/;
  return operation.method === 'POST' ? work.test(last) : operation.method === 'GET' && read.test(last);
}
