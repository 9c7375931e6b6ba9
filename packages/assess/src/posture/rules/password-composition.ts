import { isNewPassword, settersOf } from '../passwords.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'password-composition',
  title: 'Passwords must follow a pattern',
  owasp: ['API2:2023'],
  asvs: ['V6.2.5'],
  severity: graded('low'),
  confidence: 'medium',
  why: 'Rules of composition lead to Password1! everywhere and keep out long passphrases.',
  mend: 'remove the pattern, ask for length, and check against lists of leaked passwords',
  bad: [
    `paths: { /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string, pattern: '^(?=.*[A-Z])(?=.*[0-9]).{8,}$' } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string, minLength: 15, maxLength: 128 } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const pattern = field.target.raw['pattern'];
      if (
        typeof pattern === 'string' &&
        isNewPassword(field) &&
        settersOf(contract, field).length > 0 &&
        /\(\?=|\[A-Z|\[a-z|\\d/.test(pattern)
      )
        yield {
          at: field.target.location,
          message: `${field.name} must match ${pattern.slice(0, 60)}`,
          operations: settersOf(contract, field),
        };
    }
  },
});
