import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'method-override',
  title: 'Methods that callers override',
  owasp: ['API5:2023', 'API8:2023'],
  asvs: ['V4.1.4'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'What a proxy checks as a harmless POST or GET arrives in the handler as DELETE.',
  mend: 'remove the parameter; clients send the method that they mean',
  bad: [
    `paths: { /orders: { post: { parameters: [{ name: X-HTTP-Method-Override, in: header, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { parameters: [{ name: X-Request-Id, in: header, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields)
      if (
        field.parameter !== undefined &&
        /^x?(?:http)?methodoverride$|^method$/.test(plain(field.name)) &&
        (field.name.startsWith('_') || /override/i.test(field.name))
      )
        yield {
          at: field.location,
          message: `${field.name} changes the method (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
  },
});
