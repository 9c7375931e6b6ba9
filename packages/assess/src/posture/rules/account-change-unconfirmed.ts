import { isOpen } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
import { endsInParameter, plain, segmentsOf, wordsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'account-change-unconfirmed',
  title: 'Login address changed without proof',
  owasp: ['API2:2023'],
  asvs: ['V6.3.3', 'V7.5.1'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Whoever holds a stolen token changes the e-mail address or second factor, resets the password and keeps the account (scenario of OWASP API2:2023).',
  mend: 'ask for the current password or a fresh second factor in the same request',
  docs: 'For operations whose path is the e-mail address, telephone number or second factor of the caller.',
  bad: [
    `security: [{ token: [] }]
paths: { /me/email: { put: { requestBody: { content: { application/json: { schema: { type: object, properties: { email: { type: string } } } } } }, responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /me/email: { put: { requestBody: { content: { application/json: { schema: { type: object, properties: { email: { type: string }, currentPassword: { type: string } } } } } }, responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ operations, fields }) {
    const proofs = new Set(
      fields
        .filter(({ name }) => /password|otp|code|proof|confirm|factor|challenge/.test(plain(name)))
        .flatMap(({ writtenBy }) => writtenBy),
    );
    for (const operation of operations) {
      if (
        (operation.method !== 'PUT' && operation.method !== 'PATCH' && operation.method !== 'DELETE') ||
        isOpen(operation) ||
        proofs.has(operation)
      )
        continue;
      const segments = segmentsOf(operation.path);
      const last = wordsOf(segments.at(-1) ?? '').join('');
      if (
        !/^(?:email|emailaddress|mfa|2fa|twofactor|secondfactor|otp|phone|phonenumber)$/.test(last) ||
        endsInParameter(operation.path)
      )
        continue;
      if (segments.some((segment) => /^(?:me|self|account|profile|users?|current)$/i.test(segment)))
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} asks for no proof beyond the token`,
          operations: [operation],
        };
    }
  },
});
