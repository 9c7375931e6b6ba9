import type { Exchange } from '../exchange.ts';
import { thrownText } from './thrown.ts';

/** Milliseconds between two warnings: callers may cause failures, and must not fill a log with them. */
const pause = 1000;
let next = 0;
let untold = 0;

/**
 * Tells of a failure as a process warning: frameworks do not print what the guard answers for them, so where no events are
 * kept somebody has to be told. That a caller went away is no failure.
 * @param now monotonic milliseconds
 */
export function warnOfFailure(exchange: Exchange, now: number): void {
  const { failure } = exchange;
  if (failure === undefined || wentAway(failure)) return;
  if (now < next) {
    untold++;
    return;
  }
  const before = untold === 0 ? '' : ` (after ${untold} that were not shown)`;
  process.emitWarning(`${exchange.id}${before} ${thrownText(failure)}`, {
    type: 'Castellan',
    code: 'failure',
  });
  next = now + pause;
  untold = 0;
}

/** What Node's requests fail with then; a handler's own connections are reset with other words. */
function wentAway(failure: unknown): boolean {
  return (
    failure instanceof Error &&
    failure.message === 'aborted' &&
    (failure as NodeJS.ErrnoException).code === 'ECONNRESET'
  );
}
