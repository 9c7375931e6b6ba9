import type { Operation } from '@castellan/contract';
import { isUnsafe } from '../api.ts';
import type { Field } from '../fields.ts';
import { isNewPassword } from '../passwords.ts';
import {
  endsInParameter,
  isAdmin,
  isBeforeLogin,
  isPasswordName,
  isRecovery,
  plain,
  segmentsOf,
  wordsOf,
} from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';
import { mayBeText } from '../text-value.ts';

/** Words of what proves that somebody may: the old password, or what was sent to them. */
const PROOF =
  /^(?:current|old|existing|previous|actual|actuel|actuelle|ancien|ancienne|antigua|antiguo|anterior|antiga|atual|alt|altes|alte|bisheriges|aktuelles)$|token|jwt|code|codigo|jeton|otp|secret|ticket|nonce|proof|nachweis|answer|signature|verification|challenge|hash|uuid|^(?:key|pin|link|tan)$/;

export const rule = contractRule({
  id: 'password-change-unconfirmed',
  title: 'Password changed without the old one',
  owasp: ['API2:2023'],
  asvs: ['V6.2.3'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'Whoever holds a stolen session, or only knows a name, changes the password and keeps the account.',
  mend: 'ask for the current password as well, or for a fresh second factor; where it was forgotten, for a one-time token',
  docs: "For paths that speak of a password, and for PATCH and PUT of the caller's own account. Recovery that takes a one-time token or code is left out, and so are administrators' paths.",
  bad: [
    `paths: { /me/password: { put: { requestBody: { content: { application/json: { schema: { type: object, properties: { newPassword: { type: string } } } } } }, responses: {} } } }`,
    `paths: { /reset-password: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { email: { type: string }, newPassword: { type: string } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /me/password: { put: { requestBody: { content: { application/json: { schema: { type: object, properties: { currentPassword: { type: string }, newPassword: { type: string } } } } } }, responses: {} } } }`,
    `paths: { /reset-password: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { token: { type: string }, newPassword: { type: string } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    let proven: ReadonlySet<Operation> | undefined;
    for (const field of fields) {
      const isPassword = field.kind === 'property' && isNewPassword(field);
      if (!isPassword && !isBareValue(field)) continue;
      proven ??= withProof(fields);
      const known = proven;
      const operations = field.writtenBy.filter((operation) => {
        if (!isUnsafe(operation) || isAdmin(operation) || known.has(operation)) return false;
        if (!isPassword) return operation.method !== 'POST' && endsInPassword(operation);
        if (isRecovery(operation)) return true;
        if (isBeforeLogin(operation)) return false;
        const own = segmentsOf(operation.path).some((segment) =>
          /^(?:me|self|profile|account|current)$/i.test(segment),
        );
        return endsInPassword(operation) || (own && operation.method !== 'POST');
      });
      if (operations.length > 0)
        yield {
          at: field.location,
          message: `${field.name || 'the password'} is changed without proof of the old one`,
          operations,
        };
    }
  },
});

/** Whether the last segment of its path speaks of a password: `/users/{id}/password`, `/benutzer/{id}/passwort`. */
function endsInPassword({ path }: Operation): boolean {
  if (endsInParameter(path)) return false;
  const last = segmentsOf(path).at(-1) ?? '';
  return isPasswordName(last) || wordsOf(last).some((word) => isPasswordName(word));
}

/** A text that is sent for what the path names: the body itself, or its one value. */
function isBareValue(field: Field): boolean {
  if (field.writtenBy.length === 0 || !mayBeText(field)) return false;
  return (
    field.kind === 'body' ||
    (field.kind === 'property' &&
      /^(?:value|new|wert|valor|valeur)$/.test(plain(field.name)) &&
      field.owner?.fields.length === 1)
  );
}

/** Operations whose callers send a proof, wherever in the request; in a path it names what is reset. */
function withProof(fields: readonly Field[]): ReadonlySet<Operation> {
  const found = new Set<Operation>();
  for (const { name, parameter, writtenBy, kind } of fields)
    if ((kind === 'property' || kind === 'parameter') && wordsOf(name).some((word) => PROOF.test(word)))
      for (const operation of writtenBy) if (parameter?.in !== 'path' || isRecovery(operation)) found.add(operation);
  return found;
}
