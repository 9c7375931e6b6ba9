import type { Field } from './fields.ts';
import { isPasswordName, plain } from '@castellan/meaning';

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
  // Host, port and URL beside it: the credential of another system.
  return !['host', 'url', 'port', 'server', 'vcsusername', 'vcsurl', 'endpoint', 'proxy', 'smtphost'].some((name) =>
    siblings.has(name),
  );
}
