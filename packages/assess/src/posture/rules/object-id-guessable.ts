import { isOpen } from '../api.ts';
import { mayBe } from '../constraint.ts';
import { contractRule } from '../rule.ts';
import { named } from '../summary.ts';
import { wordsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'object-id-guessable',
  title: 'Object ids that count up',
  owasp: ['API1:2023'],
  asvs: ['V8.2.2'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  confidence: 'medium',
  why: 'With ids that count up, a caller reaches every object by trying, wherever one check of ownership is missing.',
  mend: 'use random ids (type: string, format: uuid), and let a policy decide about each object all the same',
  docs: 'Silent where anyone may call the operation, where a policy decides about the object (`x-castellan.resource`), and for numbers that are no id: pages, versions, years, positions.',
  bad: [
    `security: [{ token: [] }]
paths:
  /invoices/{invoiceId}:
    get: { parameters: [{ name: invoiceId, in: path, required: true, schema: { type: integer } }], responses: {} }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths:
  /invoices/{invoiceId}:
    get: { parameters: [{ name: invoiceId, in: path, required: true, schema: { type: string, format: uuid } }], responses: {} }
  /archive/{year}:
    get: { parameters: [{ name: year, in: path, required: true, schema: { type: integer } }], responses: {} }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const { parameter } = field;
      if (parameter?.in !== 'path' || !mayBe(contract, field.node, 'integer')) continue;
      const last = wordsOf(field.name).at(-1) ?? '';
      if (last !== 'id' && last !== 'number' && last !== 'no' && last !== 'key') continue;
      const operations = field.writtenBy.filter(
        (operation) => !isOpen(operation) && operation.castellan.resource === undefined,
      );
      if (operations.length > 0)
        yield {
          at: field.location,
          message: `the path parameter ${field.name} is a number that counts up (${named(operations)})`,
          operations,
        };
    }
  },
});
