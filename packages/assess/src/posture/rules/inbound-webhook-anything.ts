import { isInboundWebhook } from '@castellan/meaning';
import { follow } from '../constraint.ts';
import { nodeOf } from '../bodies.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'inbound-webhook-anything',
  title: 'Data of third parties accepted unchecked',
  owasp: ['API10:2023'],
  asvs: ['V2.2.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'What a partner sends is trusted more than what users send, and so carries injections and oversized data past every check when the partner is broken into.',
  mend: 'describe the events that are accepted, with bounds, like any other request',
  bad: [
    `paths: { /webhooks/payments: { post: { requestBody: { content: { application/json: {} } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /webhooks/payments: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { event: { type: string } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations) {
      if (!isInboundWebhook(operation)) continue;
      const described = operation.body?.content.some((media) => {
        const node = nodeOf(media);
        const target = node === undefined ? undefined : follow(contract, node);
        return (
          target !== undefined &&
          ['properties', 'allOf', 'anyOf', 'oneOf', 'items'].some((keyword) => target.raw[keyword] !== undefined)
        );
      });
      if (described !== true)
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} takes events that no schema describes`,
          operations: [operation],
        };
    }
  },
});
