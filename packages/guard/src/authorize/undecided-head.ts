import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Released } from '../stages/release.ts';
import { subjectOf } from './operation-subject.ts';
import { isSecret, undecided } from './refusals.ts';

/** What becomes of an answer whose body cannot be looked at, by its status alone; undefined where it may go on. */
export type UndecidedHead = (exchange: Exchange, status: number) => Released | undefined;

/**
 * Answers without a body that shows the object (HEAD, 304, a file, a redirect) tell that it is there and more. They leave
 * only where somebody has decided before. Where existence is secret, every 404 looks the same, and a 403 is one.
 */
export function compileUndecidedHead(core: GuardCore, operation: Operation): UndecidedHead | undefined {
  const { authority } = core;
  if (authority === undefined) return undefined;
  const { asks } = subjectOf(authority, operation);
  const secret = isSecret(core, operation);
  if (!asks && !secret) return undefined;
  return (exchange, status) => {
    if (secret && (status === 403 || status === 404))
      return { action: 'withhold', refusal: { type: 'not-found', reason: 'handler-not-found' } };
    if (status >= 400 || !(asks && (exchange.ledger?.isOpen ?? true))) return undefined;
    return {
      action: 'withhold',
      refusal: undecided(core, `${operation.operationId} answers ${status} without a body that shows the object`),
    };
  };
}
