import type { IncomingMessage, ServerResponse } from 'node:http';
import { badOption, knownNames } from '../configuration/reader.ts';
import { leaksInternals } from '../error-body.ts';
import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import type { ProblemError, RaiseOptions } from '../problem-error.ts';
import type { Ruling } from '../stages/ruling.ts';
import { hold, watch } from './response.ts';

/**
 * Whether refusals are raised.
 * @throws CastellanError `unknown-option`, `bad-option`
 */
export function raises(options: RaiseOptions | undefined): boolean {
  if (options === undefined) return false;
  knownNames(options, 'options', ['raise']);
  const { raise = false } = options;
  if (typeof raise === 'boolean') return raise;
  throw badOption('options.raise', 'is neither true nor false', 'write raise: true');
}

/** Hands a refusal to the error handlers of the application; the answer is held, so that nothing but an error leaves. */
export function raise(
  guard: Guard,
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  raised: (error: ProblemError) => void,
): void {
  const error = guard.problem(exchange);
  exchange.raised = error;
  (request as { requestId?: string }).requestId = exchange.id;
  hold(guard, exchange, response, errorsOnly(exchange));
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  raised(error);
  watch(response);
}

/** A refusal stays one: what is no error, or shows the inside, leaves as the guard's own answer. */
function errorsOnly({ verdict }: Exchange): Ruling {
  const own = { action: 'withhold', refusal: verdict?.refusal ?? { type: 'internal-error' } } as const;
  return {
    head: (_, status) => (status < 400 ? own : 'check'),
    body: (_, __, ___, body, coding) => (coding === undefined && leaksInternals(body) ? own : { action: 'pass' }),
    overLimit: () => own,
  };
}
