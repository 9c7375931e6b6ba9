import type { Contract, Operation } from '@castellan/contract';
import type { Field } from './fields.ts';
import { isFilter } from './filters.ts';
import {
  isLogin,
  isPasswordName,
  OF_A_STEP,
  PEOPLE,
  plain,
  RECOVER,
  REGISTER,
  segmentsOf,
  wordsOf,
} from '@castellan/meaning';

/** Whether a field of a request is a password that is set or given. Words about passwords (`passwordPolicy`) are not. */
export function isPassword(field: Field): boolean {
  return (
    (field.kind === 'property' || field.kind === 'parameter') &&
    field.writtenBy.length > 0 &&
    isPasswordName(field.name)
  );
}

/** Whether it is one that people choose: none that the service is given to use elsewhere (`smtpPassword`, a proxy's). */
export function isNewPassword(field: Field): boolean {
  if (!isPassword(field)) return false;
  if (/^(?:new|user|initial|account|login)/.test(plain(field.name))) return true;
  const siblings = new Set(field.owner?.fields.map(({ name }) => plain(name)) ?? []);
  if (isSentWithSecrets(field, siblings)) return false;
  // Host, port and URL beside it: the credential of another system.
  return !['host', 'url', 'port', 'server', 'vcsusername', 'vcsurl', 'endpoint', 'proxy', 'smtphost'].some((name) =>
    siblings.has(name),
  );
}

/** Other secrets beside it, in an object that is no person: what the service shows to somebody else. */
function isSentWithSecrets({ owner }: Field, siblings: ReadonlySet<string>): boolean {
  if (
    /\/properties\/(?:\w*[_-])?(?:auth|authentication|credentials?|basic_?auth|connection|smtp|proxy|ldap|database)(?:\/|$)/i.test(
      pointerAround(owner),
    )
  )
    return true;
  if (owner === undefined || PEOPLE.hasAny(wordsOf(owner.name))) return false;
  return ['apikey', 'accesstoken', 'clientsecret', 'privatekey', 'secretkey', 'authtoken'].some((name) =>
    siblings.has(name),
  );
}

/**
 * The operations that set a password by a field. Not those that are shown one: a sign-in, its second step, a deletion that is
 * confirmed by it, and what every call carries.
 */
export function settersOf(contract: Contract, field: Field): readonly Operation[] {
  if (field.writtenBy.length > 3 && field.writtenBy.length * 2 > contract.operations.length) return [];
  if (isFilter(contract, field)) return [];
  return field.writtenBy.filter((operation) => !isLogin(operation) && !isConfirmation(operation, field));
}

function isConfirmation(operation: Operation, field: Field): boolean {
  if (operation.method === 'DELETE') return true;
  const words = [
    ...segmentsOf(operation.path).slice(-2).flatMap(wordsOf),
    ...(operation.operationIdDeclared ? wordsOf(operation.operationId) : []),
  ];
  return (
    OF_A_STEP.hasAny(words) &&
    !/^(?:new|neu)/.test(plain(field.name)) &&
    !words.some((word) => RECOVER.has(word) || REGISTER.has(word) || isPasswordName(word))
  );
}

/** Where the object stands: what the property is called that holds it. */
function pointerAround(owner: Field['owner']): string {
  return owner?.node.location.pointer ?? '';
}
