import { mayBe, meets } from '../constraint.ts';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';
import { isNewPassword, settersOf } from '../passwords.ts';

export const rule = contractRule({
  id: 'password-too-short',
  title: 'Short passwords accepted',
  owasp: ['API2:2023'],
  asvs: ['V6.2.1'],
  severity: graded('medium'),
  reads: 'requests',
  confidence: 'high',
  why: 'Passwords of fewer than eight characters are guessed in minutes once hashes leak, and often before.',
  mend: 'add minLength: 8, better 15',
  docs: 'Only where a password is set; at login old ones must still be accepted.',
  bad: [
    `paths:
  /users:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string } } } } } }
      responses: {}`,
  ],
  good: [
    `paths:
  /users:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string, minLength: 12, maxLength: 128 } } } } } }
      responses: {}
  /login:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string } } } } } }
      responses: {}`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      if (!isNewPassword(field) || !mayBe(contract, field.node, 'string')) continue;
      const operations = settersOf(contract, field);
      if (
        operations.length === 0 ||
        meets(contract, field.node, (raw) => typeof raw['minLength'] === 'number' && raw['minLength'] >= 8)
      )
        continue;
      yield {
        at: field.target.location,
        message: `${field.name} may be shorter than 8 characters`,
        operations,
        mend: updating(
          contract,
          'add minLength: 8, better 15',
          [{ at: field.target.location, update: { minLength: 8 } }],
          false,
        ),
      };
    }
  },
});
