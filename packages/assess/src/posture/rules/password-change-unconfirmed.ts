import { isUnsafe } from '../api.ts';
import { isNewPassword } from '../passwords.ts';
import { isBeforeLogin } from '../../meaning/operation.ts';
import { contractRule, graded } from '../rule.ts';
import { plain, segmentsOf, wordsOf } from '../../meaning/words.ts';

export const rule = contractRule({
  id: 'password-change-unconfirmed',
  title: 'Password changed without the old one',
  owasp: ['API2:2023'],
  asvs: ['V6.2.3'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'Whoever holds a stolen session changes the password and keeps the account.',
  mend: 'ask for the current password as well, or for a fresh second factor',
  docs: "For paths that speak of a password, and for PATCH and PUT of the caller's own account. Recovery takes a one-time token instead and is left out.",
  bad: [
    `paths: { /me/password: { put: { requestBody: { content: { application/json: { schema: { type: object, properties: { newPassword: { type: string } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /me/password: { put: { requestBody: { content: { application/json: { schema: { type: object, properties: { currentPassword: { type: string }, newPassword: { type: string } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      if (!isNewPassword(field) || field.owner === undefined) continue;
      const names = field.owner.fields.map(({ name }) => plain(name));
      if (names.some((name) => /^(?:current|old|existing|previous|actual)|token|code|otp|secret/.test(name))) continue;
      const operations = field.writtenBy.filter((operation) => {
        if (!isUnsafe(operation) || isBeforeLogin(operation)) return false;
        const segments = segmentsOf(operation.path);
        const own = segments.some((segment) => /^(?:me|self|profile|account|current)$/i.test(segment));
        const about = wordsOf(segments.at(-1) ?? '').some((word) => /^pass(?:word|wd|phrase)$/.test(word));
        return about || (own && operation.method !== 'POST');
      });
      if (operations.length > 0)
        yield { at: field.location, message: `${field.name} is changed without proof of the old one`, operations };
    }
  },
});
