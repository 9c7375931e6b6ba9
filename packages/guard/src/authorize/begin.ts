import { principalType } from '@castellan/policy/entities';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { Authorization } from './authorization.ts';
import type { Authority } from './authority.ts';
import { entityKey } from './directory.ts';

/** The authorization of a request, made when first needed; a promise only where a directory has to be asked who calls. */
export function begin(authority: Authority, exchange: Exchange): Authorization | Promise<Authorization> {
  const known = exchange.rulings;
  if (known !== undefined) return known;
  const { directory } = authority;
  const subject = exchange.auth?.subject;
  if (directory === undefined || subject === undefined)
    return (exchange.rulings = new Authorization(authority, exchange, undefined));
  const listed = directory.known?.get(entityKey(principalType, subject));
  if (listed !== undefined || directory.ask === undefined)
    return (exchange.rulings = new Authorization(authority, exchange, listed));
  return directory.ask([{ type: principalType, id: subject }]).then((list) => {
    const told = list.find(({ uid }) => uid.type === principalType && uid.id === subject);
    return (exchange.rulings ??= new Authorization(authority, exchange, told, list));
  });
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
