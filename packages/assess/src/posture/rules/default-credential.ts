import { contractRule, graded } from '../rule.ts';
import { isPassword } from '../passwords.ts';

export const rule = contractRule({
  id: 'default-credential',
  title: 'Password with a default',
  owasp: ['API8:2023', 'API2:2023'],
  asvs: ['V13.2.3', 'V6.4.1'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Whoever leaves it out, or does not change it, is protected by a password that everybody can look up.',
  mend: 'remove the default and require the property',
  docs: 'For the keyword `default`; an example is not one.',
  bad: [
    `paths: { /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string, default: admin123 } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { password: { type: string, example: correct horse } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields)
      if (isPassword(field) && typeof field.target.raw['default'] === 'string' && field.target.raw['default'] !== '')
        yield {
          at: field.target.location,
          message: `${field.name} has a default that everybody can read`,
          operations: field.writtenBy,
        };
  },
});
