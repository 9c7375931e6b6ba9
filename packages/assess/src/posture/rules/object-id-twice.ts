import { isUnsafe } from '../api.ts';
import { bodyObjects } from '../bodies.ts';
import { contractRule, graded } from '../rule.ts';
import { wordsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'object-id-twice',
  title: 'Object named in the path and again in the body',
  owasp: ['API1:2023'],
  asvs: ['V8.2.2', 'V15.3.7'],
  severity: graded('medium'),
  reads: 'requests',
  confidence: 'medium',
  why: 'Where one id is checked and the other one used, a caller changes an object that is not theirs.',
  mend: 'mark the property readOnly, or remove it from the request: the path says which object is meant',
  docs: 'Only for a property of the body itself that is called like the last path parameter.',
  bad: [
    `paths:
  /invoices/{invoiceId}:
    put:
      parameters: [{ name: invoiceId, in: path, required: true, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { type: object, properties: { invoiceId: { type: string }, total: { type: number } } } } } }
      responses: {}`,
  ],
  good: [
    `paths:
  /invoices/{invoiceId}:
    put:
      parameters: [{ name: invoiceId, in: path, required: true, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { type: object, properties: { invoiceId: { type: string, readOnly: true }, lines: { type: array, items: { type: object, properties: { invoiceId: { type: string } } } } } } } } }
      responses: {}`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const owner = field.owner?.node.raw;
      if (field.kind !== 'property' || owner === undefined || field.writtenBy.length === 0) continue;
      const words = wordsOf(field.name);
      if (words.length < 2 || words.at(-1) !== 'id') continue;
      const operations = field.writtenBy.filter((operation) => {
        const last = /\{([^{}]+)\}\/?$/.exec(operation.path)?.[1];
        return (
          isUnsafe(operation) &&
          last !== undefined &&
          wordsOf(last).join('') === words.join('') &&
          bodyObjects(contract, operation).has(owner)
        );
      });
      if (operations.length > 0)
        yield {
          at: field.location,
          message: `${field.name} stands in the path and can be sent in the body as well`,
          operations,
        };
    }
  },
});
