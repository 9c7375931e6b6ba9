import type { PropertyRule } from '@castellan/contract';
import type { EntityRef } from '@castellan/policy';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { groupType } from './principal.ts';

/**
 * Whether the caller is one of those who may read or write a property: a group, a scope (`scope:x`), or an action that
 * policies permit on the object (`action:x`). An action without policies lets nobody in.
 */
export function mayTouch(
  core: GuardCore,
  exchange: Exchange,
  rule: PropertyRule,
  owner: () => EntityRef | undefined,
): boolean {
  const { auth, rulings: authorization } = exchange;
  for (const name of rule.allowed) {
    if (name.startsWith('scope:')) {
      if (auth?.scopes.includes(name.slice(6)) === true) return true;
    } else if (name.startsWith('action:')) {
      const resource = authorization === undefined ? undefined : owner();
      const facts = core.authority?.facts(name.slice(7));
      if (authorization !== undefined && facts !== undefined && resource !== undefined)
        if (authorization.rule(facts, resource).allowed) return true;
    } else if (authorization === undefined) {
      if (auth?.groups.includes(name) === true) return true;
    } else if (authorization.principal.parents.some(({ type, id }) => type === groupType && id === name)) return true;
  }
  return false;
}
