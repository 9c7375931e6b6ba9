import { principalType } from '@castellan/policy/entities';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { Authorization } from './authorization.ts';
import type { Authority } from './authority.ts';
import { applicationContext, type PolicyContext } from './context.ts';
import { entityKey, type Directory, type EntityJson } from './directory.ts';
import { LoadFailure } from './load.ts';

/** The authorization of a request, made when first needed; a promise only where somebody has to be asked. */
export function begin(authority: Authority, exchange: Exchange): Authorization | Promise<Authorization> {
  const known = exchange.rulings;
  if (known !== undefined) return known;
  const { directory, policyContext } = authority;
  const subject = exchange.auth?.subject;
  const listed = subject === undefined ? undefined : directory?.known?.get(entityKey(principalType, subject));
  const ask = subject === undefined || listed !== undefined ? undefined : directory?.ask;
  if (ask === undefined && policyContext === undefined)
    return (exchange.rulings = new Authorization(authority, exchange, listed));
  return beginAsking(authority, exchange, listed, ask);
}

async function beginAsking(
  authority: Authority,
  exchange: Exchange,
  listed: EntityJson | undefined,
  ask: Directory['ask'],
): Promise<Authorization> {
  const id = exchange.auth?.subject ?? '';
  const [list, own] = await Promise.all([
    ask?.([{ type: principalType, id }]),
    authority.policyContext === undefined ? undefined : ownContext(authority.policyContext, exchange),
  ]);
  const told = list?.find(({ uid }) => uid.type === principalType && uid.id === id);
  return (exchange.rulings ??= new Authorization(authority, exchange, told ?? listed, list, undefined, own));
}

/** @throws LoadFailure where the application cannot say: nobody decides on half of what counts */
async function ownContext(read: PolicyContext, exchange: Exchange): Promise<Readonly<Record<string, unknown>>> {
  try {
    return { ...(await applicationContext(read, exchange)) };
  } catch (cause) {
    exchange.failure = cause;
    throw new LoadFailure({ type: 'internal-error', reason: 'context-failed', log: 'policyContext failed' }, { cause });
  }
}

/** Runs something with the request's authorization, at once where nothing waits. */
export function withAuthorization<T>(
  core: GuardCore,
  exchange: Exchange,
  run: (authorization: Authorization) => T | Promise<T>,
): T | Promise<T> {
  const { authority } = core;
  if (authority === undefined) throw new Error('no policies');
  const begun = begin(authority, exchange);
  return begun instanceof Promise ? begun.then(run) : run(begun);
}
