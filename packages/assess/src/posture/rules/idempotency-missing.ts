import { flowOf } from '../flows.ts';
import { contractRule, graded } from '../rule.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'idempotency-missing',
  title: 'Payments that repeat',
  owasp: ['API6:2023'],
  asvs: ['V2.3.3', 'V2.3.4'],
  severity: graded('low'),
  confidence: 'medium',
  why: 'A retry after a lost answer pays, orders or sends twice, and races between equal requests pass checks made once.',
  mend: 'take an Idempotency-Key header field and answer a repeated key with the first result',
  docs: 'For POST that begins a payment or purchase. A field of the body that is a unique reference of the caller (reference, requestId, externalId, transactionId) counts as well.',
  bad: [`paths: { /payments: { post: { responses: {} } } }`],
  good: [
    `paths: { /payments: { post: { parameters: [{ name: Idempotency-Key, in: header, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ operations, fields }) {
    const keyed = new Set(
      fields
        .filter(
          ({ name, required }) =>
            /idempoten|^requestid$|^clientrequestid$|^externalid$|^nonce$|^merchantreference$|^transactionid$|^ordernumber$/.test(
              plain(name),
            ) ||
            (plain(name) === 'reference' && required),
        )
        .flatMap(({ writtenBy }) => writtenBy),
    );
    for (const operation of operations) {
      const flow = flowOf(operation);
      if ((flow === 'payment' || flow === 'purchase') && !keyed.has(operation))
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} does it again when it is sent again`,
          operations: [operation],
        };
    }
  },
});
