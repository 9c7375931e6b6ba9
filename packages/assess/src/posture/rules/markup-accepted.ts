import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { mayBeText } from '../text-value.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'markup-accepted',
  title: 'Markup stored and shown again',
  owasp: ['API8:2023', 'API10:2023'],
  asvs: ['V1.3.1', 'V3.2.2'],
  severity: graded('low'),
  reads: 'requests',
  confidence: 'low',
  why: 'HTML that one caller sends runs as a script in the browser of whoever is shown it.',
  mend: 'sanitise it with a maintained library before it is stored, or take plain text or Markdown',
  docs: 'For request properties whose name says HTML, that answers give out again.',
  bad: [
    `paths: { /notes: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }, responses: { '201': { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } } } } } }
components: { schemas: { Note: { type: object, properties: { bodyHtml: { type: string } } } } }`,
  ],
  good: [
    `paths: { /notes: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { text: { type: string } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    const given = new Set(fields.filter(({ readBy }) => readBy.length > 0).map(({ name }) => name));
    for (const field of fields)
      if (
        field.kind === 'property' &&
        field.writtenBy.length > 0 &&
        given.has(field.name) &&
        /^(?:html|bodyhtml|htmlbody|contenthtml|htmlcontent|htmltext|htmldescription|rawhtml|htmlnotes|htmlmessage)$/.test(
          plain(field.name),
        ) &&
        mayBeText(field)
      )
        yield {
          at: field.location,
          message: `${field.name} is markup that callers write (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
  },
});
