import { contractRule, graded } from '../rule.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'one-time-code-short',
  title: 'One-time codes that can be guessed',
  owasp: ['API2:2023'],
  asvs: ['V6.5.4'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'A code of fewer than six digits is found by trying; ten thousand attempts take a script minutes.',
  mend: 'use six digits or more, a lifetime of minutes, and few attempts',
  bad: [
    `paths: { /otp: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { otp: { type: string, pattern: '^[0-9]{4}$' } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /otp: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { otp: { type: string, pattern: '^[0-9]{6}$' } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      if (
        field.writtenBy.length === 0 ||
        !/^(?:otp|otpcode|onetimecode|onetimepassword|mfacode|twofactorcode|verificationcode|smscode|totp|totpcode|confirmationcode)$/.test(
          plain(field.name),
        )
      )
        continue;
      const { raw } = field.target;
      const digits = /^\^(?:\\d|\[0-9\])\{(\d+)\}\$$/.exec(String(raw['pattern'] ?? ''))?.[1];
      const longest = digits === undefined ? raw['maxLength'] : Number(digits);
      if (typeof longest === 'number' && longest < 6)
        yield {
          at: field.target.location,
          message: `${field.name} has at most ${longest} characters`,
          operations: field.writtenBy,
        };
    }
  },
});
