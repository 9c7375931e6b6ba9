import { hasStructure, isRead, isUnread, parseMediaType, type MediaType } from '@castellan/contract';
import type { GuardCore } from './core.ts';
import { inheritedSecurityNotices } from './authenticate/inherited-security.ts';
import { authorizationNotices } from './authorize/notices.ts';
import { modesIn } from './modes.ts';
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
  const { requests, responses } = core.modes;
  if (requests !== 'enforce' || responses !== 'enforce')
    list.push({
      code: 'not-enforcing',
      message:
        requests === responses
          ? `mode is ${requests}: nothing is refused`
          : `mode is ${requests} for requests and ${responses} for responses: ${requests === 'enforce' ? 'no answer is withheld' : 'no request is refused'}`,
    });
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
  list.push(...core.bans.notices);
  if (settings.perAddress === undefined)
    list.push({ code: 'no-address-limit', message: 'limits.perAddress is off: a flood is not stopped here' });
  if (settings.perPrincipal === undefined)
    list.push({ code: 'no-principal-limit', message: 'limits.perPrincipal is off' });
  if (options.audit === undefined && options.onEvent === undefined)
    list.push({ code: 'unwatched', message: 'no audit file and no onEvent: events are not kept' });
  const passing = contract.operations.filter((operation) => {
    const { parameters, requestProperties, responseProperties, statuses, mediaTypes } = core.undocumentedIn(operation);
    return [parameters, requestProperties, responseProperties, statuses, mediaTypes].includes('pass');
  });
  if (passing.length > 0)
    list.push({
      code: 'undocumented-passes',
      message: `what the contract does not name passes unchecked in ${passing.length} of ${contract.operations.length} operations: ${some(passing.map((operation) => operation.operationId))}`,
    });
  const disabled = contract.operations.filter(
    (operation) =>
      operation.castellan.mode !== undefined &&
      Object.values(modesIn(contract, operation, settings)).some((mode) => mode !== 'enforce'),
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
  for (const notice of unreadNotices(core)) list.push(notice);
  list.push(...(core.untrustedProxy?.notices ?? []), ...core.limiters.state.notices);
  for (const notice of authorizationNotices(core)) list.push(notice);
  list.push(...inheritedSecurityNotices(contract));
  for (const notice of core.authentication.notices) list.push(notice);
  return list;
}

/** The first few names of a list. */
export function some(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}

/** Bodies of requests and answers that nobody holds to their schema, and those that are refused because nobody can. */
function unreadNotices({ contract, decoders }: GuardCore): readonly Notice[] {
  const passed: string[] = [];
  const refused: string[] = [];
  const look = (name: string, { type, schema }: MediaType): void => {
    const essence = parseMediaType(type)?.essence ?? '';
    if (isReadable(essence) || decoders.of(essence)?.decode !== undefined || !hasStructure(contract, schema)) return;
    const refuses = decoders.of(essence) === undefined && isUnread(contract, schema, essence);
    (refuses ? refused : passed).push(`${name} (${type})`);
  };
  for (const { operationId, body, responses } of contract.operations) {
    for (const media of body?.content ?? []) look(operationId, media);
    for (const { status, content } of responses) for (const media of content) look(`${operationId} ${status}`, media);
  }
  return [
    ...(passed.length === 0
      ? []
      : [
          {
            code: 'bodies-not-read',
            message: `${passed.length} bodies have a media type that nothing here reads, so their schema is not checked: ${some(passed)}; decoders names who reads them`,
          },
        ]),
    ...(refused.length === 0
      ? []
      : [
          {
            code: 'bodies-refused',
            message: `${refused.length} bodies have a media type that nothing here reads, so they are refused: ${some(refused)}; decoders names who reads them`,
          },
        ]),
  ];
}

/** A range is decided by what comes. */
function isReadable(essence: string): boolean {
  return isRead(essence) || essence.includes('*');
}
