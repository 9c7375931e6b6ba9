import { asksForNothing, isUnsafe } from '../api.ts';
import { removing, under } from '../patch.ts';
import { isBeforeLogin } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';

export const rule = contractRule({
  id: 'authentication-optional',
  title: 'Authentication that may be left out',
  owasp: ['API2:2023'],
  asvs: ['V8.2.1'],
  severity: graded('high'),
  confidence: 'high',
  why: 'An empty requirement among others means that any caller without a credential is let in as well, and the others protect nothing.',
  mend: 'remove the {} from security, or split the operation in a public and a protected one',
  docs: 'Only for operations that change something or carry personal data: reads that show more to those who signed in are common.',
  bad: [
    `paths: { /orders: { post: { security: [{ token: [] }, {}], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `paths: { /articles: { get: { security: [{ token: [] }, {}], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ contract, operations, dataOf }) {
    for (const operation of operations) {
      const empty = operation.security.findIndex(({ schemes }) => schemes.length === 0);
      if (empty === -1 || asksForNothing(operation) || isBeforeLogin(operation)) continue;
      const data = dataOf(operation);
      if (!isUnsafe(operation) && (data === undefined || data === 'contact')) continue;
      const own = operation.securityFrom === 'operation';
      const at = own
        ? under(operation.location, 'security', empty)
        : { document: operation.location.document, pointer: `/security/${empty}` };
      yield {
        at,
        message: `a caller without any credential is let in (${named([operation])})`,
        operations: [operation],
        mend: removing(
          contract,
          'remove the {} from security, or split the operation in a public and a protected one',
          at,
          false,
        ),
      };
    }
  },
});
