import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { RefusedDecision, Refusal } from '../problem.ts';

/** Whether callers may not even learn that an object exists: as declared, and by default for a bank. */
export function isSecret(core: GuardCore, operation: Operation): boolean {
  const { existence } = operation.castellan;
  return existence === undefined ? core.contract.castellan.profile === 'bank' : existence === 'secret';
}

/** The answer to somebody who may not: 403, or 404 where existence is secret. */
export function denied(
  core: GuardCore,
  operation: Operation,
  log: string,
  reason = 'policy-denied',
  decision?: RefusedDecision,
): Refusal {
  return { type: isSecret(core, operation) ? 'not-found' : 'forbidden', reason, log, decision };
}

/** A refusal of somebody else's, such as a `resolve` read's, in the form that this operation's callers may see. */
export function hiding(core: GuardCore, operation: Operation, refusal: Refusal): Refusal {
  if (refusal.type !== 'forbidden' || !isSecret(core, operation)) return refusal;
  return { type: 'not-found', reason: refusal.reason, log: refusal.log, decision: refusal.decision };
}

/** The answer holds an object that the caller may not have. Nothing of it leaves. */
export function withheldObject(core: GuardCore, log: string, decision: RefusedDecision): Refusal {
  return { type: 'response-withheld', status: core.settings.withheldStatus, reason: 'object-denied', log, decision };
}

/** The answer holds something that nobody decided on: a hole in the application or its policies. */
export function undecided(core: GuardCore, log: string): Refusal {
  return {
    type: 'response-withheld',
    status: core.settings.withheldStatus,
    reason: 'authorization-not-decided',
    log: `${log}${handlerPlace()}`,
    critical: true,
  };
}

/** Empty in a bundle, where there is no folder. */
const ownFolder =
  (import.meta.url as string | undefined) === undefined ? '/node_modules/' : new URL('..', import.meta.url).href;

/** The line of the application that sends the answer, where the stack still shows it. */
function handlerPlace(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const { stack } = new Error('where');
  Error.stackTraceLimit = limit;
  for (const line of stack?.split('\n').slice(1) ?? []) {
    if (line.includes(ownFolder) || line.includes('node:') || line.includes('/node_modules/')) continue;
    const place = /\(?([^()\s]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place !== undefined) return `, sent at ${place.replace(/^file:\/\//, '')}`;
  }
  return '';
}
