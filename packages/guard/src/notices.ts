import type { GuardCore } from './core.ts';
import { authorizationNotices } from './authorize/notices.ts';
import type { GuardOptions } from './options.ts';

/** Something that is not protected, or weak, said at start-up. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}

/** Everything that a guard with these options does not protect. Empty is the aim. */
export function notices(core: GuardCore, options: Pick<GuardOptions, 'audit' | 'onEvent'>): readonly Notice[] {
  const { contract, settings } = core;
  const list: Notice[] = [];
  if (settings.mode !== 'enforce')
    list.push({ code: 'not-enforcing', message: `mode is ${settings.mode}: nothing is refused` });
  const open = contract.operations.filter(
    (operation) =>
      operation.security.length === 0 || operation.security.some((requirement) => requirement.schemes.length === 0),
  );
  if (open.length > 0) {
    const writes = open.filter((operation) => operation.method !== 'GET' && operation.method !== 'HEAD');
    list.push({
      code: 'open-operations',
      message: `${open.length} of ${contract.operations.length} operations need no credential${writes.length === 0 ? '' : `, ${writes.length} of them write`}: ${some(open.map((operation) => operation.operationId))}`,
    });
  }
  if (settings.perAddress === undefined)
    list.push({ code: 'no-address-limit', message: 'limits.perAddress is off: a flood is not stopped here' });
  if (settings.perPrincipal === undefined)
    list.push({ code: 'no-principal-limit', message: 'limits.perPrincipal is off' });
  if (options.audit === undefined && options.onEvent === undefined)
    list.push({ code: 'unwatched', message: 'no audit file and no onEvent: events are not kept' });
  const disabled = contract.operations.filter(
    (operation) => operation.castellan.mode !== undefined && operation.castellan.mode !== 'enforce',
  );
  if (disabled.length > 0)
    list.push({
      code: 'operations-not-enforced',
      message: `${disabled.length} operations are in mode observe or off: ${some(disabled.map((operation) => operation.operationId))}`,
    });
  const unchecked = contract.operations.filter((operation) => operation.responses.length === 0);
  if (unchecked.length > 0)
    list.push({
      code: 'no-responses',
      message: `${unchecked.length} operations document no response, so their answers are withheld: ${some(unchecked.map((operation) => operation.operationId))}`,
    });
  for (const notice of authorizationNotices(core)) list.push(notice);
  for (const notice of core.authentication.notices) list.push(notice);
  return list;
}

/** The first few names of a list. */
export function some(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
