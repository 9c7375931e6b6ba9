import { meets } from '../constraint.ts';
import { isNewPassword, settersOf } from '../passwords.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'password-truncated',
  title: 'Long passwords refused',
  owasp: ['API2:2023'],
  asvs: ['V6.2.9'],
  severity: graded('low'),
  confidence: 'high',
  why: 'People who use passphrases or a password manager are kept from it, and a low bound often tells that passwords are stored as they are.',
  mend: 'allow at least 64 characters: maxLength: 128',
  bad: [
    `paths: { /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string, maxLength: 16 } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string, maxLength: 128 } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields)
      if (
        isNewPassword(field) &&
        settersOf(contract, field).length > 0 &&
        meets(contract, field.node, (raw) => typeof raw['maxLength'] === 'number' && raw['maxLength'] < 64)
      )
        yield {
          at: field.target.location,
          message: `${field.name} may have at most ${String(field.target.raw['maxLength'] ?? 'a few')} characters`,
          operations: settersOf(contract, field),
        };
  },
});
