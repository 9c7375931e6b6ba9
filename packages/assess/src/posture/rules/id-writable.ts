import { takesArguments } from '@castellan/meaning';
import { bodyObjects } from '../bodies.ts';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'id-writable',
  title: 'Callers write the id',
  owasp: ['API3:2023', 'API1:2023'],
  asvs: ['V15.3.3'],
  severity: graded('low'),
  reads: 'requests',
  confidence: 'medium',
  why: 'An id that can be sent can be that of another object: handlers that save what they were sent then overwrite it.',
  mend: 'mark the id readOnly',
  docs: 'Only for a property called `id` of the body itself, in a schema that the API also answers, and not with PUT of one object, where the id may be repeated on purpose (see object-id-twice).',
  bad: [
    `paths:
  /documents:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } }
      responses: { '201': { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } } }
components: { schemas: { Document: { type: object, properties: { id: { type: string }, title: { type: string } } } } }`,
  ],
  good: [
    `paths:
  /documents:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } }
      responses: { '201': { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } } }
components: { schemas: { Document: { type: object, properties: { id: { type: string, readOnly: true }, title: { type: string } } } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const owner = field.owner?.node.raw;
      if (field.kind !== 'property' || field.name !== 'id' || owner === undefined || field.readBy.length === 0)
        continue;
      const operations = field.writtenBy.filter(
        (operation) =>
          (operation.method === 'POST' || operation.method === 'PATCH') &&
          !takesArguments(operation) &&
          bodyObjects(contract, operation).has(owner),
      );
      if (operations.length > 0)
        yield {
          at: field.location,
          message: 'id can be sent by the caller',
          operations,
          mend: updating(contract, 'mark it readOnly', [{ at: field.location, update: { readOnly: true } }], false),
        };
    }
  },
});
