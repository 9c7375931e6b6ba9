import { asksForNothing, isOpen, isUnsafe } from '../api.ts';
import { removing, under } from '../patch.ts';
import { isBeforeLogin, isHealth, isInboundWebhook } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'authentication-undone',
  title: 'Security declared and switched off again',
  owasp: ['API2:2023'],
  asvs: ['V6.1.3', 'V8.2.1'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'An empty requirement overrides the one of the document: anyone may call the operation, though everything around it asks for a credential.',
  mend: 'remove security: [] from the operation; where it is meant to be public, say so in an ignore with reason and end',
  docs: 'Only for operations that change something or carry personal data or secrets: public reads are common and fine. Login, registration, recovery, tokens and health checks are left out, and webhooks (see inbound-webhook-unverified).',
  bad: [
    `security: [{ token: [] }]
paths: { /orders: { post: { security: [], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
    `security: [{ token: [] }]
paths: { /orders: { post: { security: [{}], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /catalogue: { get: { security: [], responses: {} } }, /login: { post: { security: [], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ contract, operations, dataOf }) {
    const others = asksSomething(contract.document['security']) || operations.some((operation) => !isOpen(operation));
    for (const operation of operations) {
      if (!others || operation.securityFrom !== 'operation' || !asksForNothing(operation)) continue;
      if (isBeforeLogin(operation) || isHealth(operation) || isInboundWebhook(operation)) continue;
      const data = dataOf(operation);
      if (!isUnsafe(operation) && (data === undefined || data === 'contact')) continue;
      yield {
        at: under(operation.location, 'security'),
        message: `${operation.method} ${operation.path} asks for no credential${data === undefined ? '' : ` and carries ${data} data`}`,
        operations: [operation],
        mend: removing(
          contract,
          'remove security: [] from the operation; where it is meant to be public, say so in an ignore with reason and end',
          under(operation.location, 'security'),
          false,
        ),
      };
    }
  },
});

/** Whether a document's `security` has a requirement that is not empty. */
function asksSomething(security: unknown): boolean {
  return Array.isArray(security) && security.some((one) => Object.keys(Object(one) as object).length > 0);
}
