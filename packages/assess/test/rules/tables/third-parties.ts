import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API10:2023 say. */
export const verdicts: Verdicts = {
  'inbound-webhook-anything': [
    [
      {
        says: 'POST /webhooks/payments takes events that no schema describes',
        at: '/paths/~1webhooks~1payments/post',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['postWebhooksPayments'],
        mend: 'describe the events that are accepted, with bounds, like any other request',
      },
    ],
  ],
  'inbound-webhook-unverified': [
    [
      {
        says: 'POST /webhooks/payments believes whoever calls it',
        at: '/paths/~1webhooks~1payments/post',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['postWebhooksPayments'],
        mend: "require the sender's signature (a header field that is checked over the raw body) or mutualTLS",
      },
    ],
  ],
  'outbound-webhook-unsigned': [
    [
      {
        says: '1 webhook without a signature: paid',
        at: '/webhooks',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: [],
        members: ['POST paid'],
        mend: 'sign each event (RFC 9421, or an HMAC over the body) and document the header field',
      },
    ],
  ],
  'reference-to-network': [
    [
      {
        says: 'parts of the contract are read from https://specs.example.net',
        at: 'https://specs.example.net/orders.yaml#',
        severity: 'info low medium high',
        confidence: 'high',
        operations: [],
        mend: 'keep a reviewed copy beside the document',
      },
    ],
  ],
};
