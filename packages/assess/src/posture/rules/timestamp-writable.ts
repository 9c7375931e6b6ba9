import { plain, takesArguments } from '@castellan/meaning';
import { bodyObjects } from '../bodies.ts';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'timestamp-writable',
  title: 'Callers write the record of what happened',
  owasp: ['API3:2023'],
  asvs: ['V15.3.3'],
  severity: graded('low'),
  reads: 'requests',
  confidence: 'medium',
  why: 'Times of creation and change are evidence; where they can be sent, an object can be made to look older, newer or approved in time.',
  mend: 'mark the property readOnly',
  docs: 'Only where the same schema is also what the API answers: an import that takes times from elsewhere has a schema of its own.',
  bad: [
    `paths:
  /documents:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } }
      responses: { '201': { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } } }
components: { schemas: { Document: { type: object, properties: { title: { type: string }, createdAt: { type: string, format: date-time } } } } }`,
  ],
  good: [
    `paths:
  /documents:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } }
      responses: { '201': { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Document' } } } } }
components: { schemas: { Document: { type: object, properties: { title: { type: string }, createdAt: { type: string, format: date-time, readOnly: true } } } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      const owner = field.owner?.node.raw;
      if (field.kind !== 'property' || owner === undefined || field.readBy.length === 0) continue;
      if (
        !/^(?:created|updated|modified|approved|lastmodified)(?:at|on|date|time)$|^(?:creation|modification)(?:date|time)$/.test(
          plain(field.name),
        )
      )
        continue;
      const operations = field.writtenBy.filter(
        (operation) => !takesArguments(operation) && bodyObjects(contract, operation).has(owner),
      );
      if (operations.length > 0)
        yield {
          at: field.location,
          message: `${field.name} can be sent by the caller`,
          operations,
          mend: updating(contract, 'mark it readOnly', [{ at: field.location, update: { readOnly: true } }], false),
        };
    }
  },
});
