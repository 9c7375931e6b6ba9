import { isOpen } from '../api.ts';
import { isInboundWebhook, plain } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'inbound-webhook-unverified',
  title: 'Events from anyone believed',
  owasp: ['API10:2023', 'API2:2023'],
  asvs: ['V4.1.5', 'V13.2.1'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'Whoever finds the address tells the service that an order is paid or a user is verified.',
  mend: "require the sender's signature (a header field that is checked over the raw body) or mutualTLS",
  docs: 'For operations that anyone may call under /webhooks, /callbacks, /hooks or /notifications. Silent where a required or optional header field speaks of a signature, HMAC or token.',
  bad: [
    `paths: { /webhooks/payments: { post: { security: [], requestBody: { content: { application/json: { schema: { type: object, properties: { paid: { type: boolean } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /webhooks/payments: { post: { security: [], parameters: [{ name: Payment-Signature, in: header, required: true, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ operations }) {
    for (const operation of operations) {
      if (!isInboundWebhook(operation) || !isOpen(operation)) continue;
      if (
        operation.parameters.some(
          (parameter) => parameter.in === 'header' && /signature|hmac|token|digest|secret/.test(plain(parameter.name)),
        )
      )
        continue;
      yield {
        at: operation.location,
        message: `${operation.method} ${operation.path} believes whoever calls it`,
        operations: [operation],
      };
    }
  },
});
