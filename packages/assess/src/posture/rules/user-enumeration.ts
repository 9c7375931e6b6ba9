import { isOpen } from '../api.ts';
import { classifyName } from '../../meaning/data-class.ts';
import { contractRule, graded } from '../rule.ts';
import { segmentsOf, wordsOf } from '../../meaning/words.ts';

export const rule = contractRule({
  id: 'user-enumeration',
  title: 'Anyone can ask who has an account',
  owasp: ['API2:2023'],
  asvs: ['V6.3.8'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'A public answer to "is this address registered" gives attackers the list that they try passwords on.',
  mend: 'answer the same whether the account exists or not, and tell by e-mail',
  bad: [
    `paths: { /users/exists: { get: { parameters: [{ name: email, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /users/exists: { get: { parameters: [{ name: email, in: query, schema: { type: string } }], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ operations }) {
    for (const operation of operations) {
      if (!isOpen(operation)) continue;
      const words = segmentsOf(operation.path).flatMap(wordsOf);
      const asks =
        words.some((word) => /^(?:exists?|available|availability|taken|registered|check)$/.test(word)) &&
        words.some((word) => /^(?:users?|accounts?|emails?|usernames?|logins?|members?|customers?)$/.test(word));
      if (
        asks ||
        (words.some((word) => /^(?:users?|accounts?)$/.test(word)) &&
          operation.method === 'GET' &&
          operation.parameters.some(
            (parameter) => parameter.in === 'query' && parameter.required && classifyName(parameter.name) === 'contact',
          ))
      )
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} tells anyone whether an account exists`,
          operations: [operation],
        };
    }
  },
});
