import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';

export const rule = contractRule({
  id: 'pattern-unanchored',
  title: 'Patterns that match anywhere',
  owasp: ['API8:2023'],
  asvs: ['V2.2.1'],
  severity: graded('low'),
  reads: 'requests',
  confidence: 'medium',
  why: 'JSON Schema searches a pattern anywhere in the text: what looks like a bound lets anything in before and after it.',
  mend: 'write ^ and $ around the pattern',
  docs: 'For request values whose pattern has neither anchor and reads like a description of the whole value: classes with repetition. A pattern that only forbids or looks for something is left alone.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { sku: { type: string, pattern: '[A-Z]{3}[0-9]{4}' } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { sku: { type: string, pattern: '^[A-Z]{3}[0-9]{4}$' } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      const { pattern } = field.target.raw;
      if (
        field.writtenBy.length === 0 ||
        typeof pattern !== 'string' ||
        /[\^$|]|\\[AzZb]|\(\?/.test(pattern.replaceAll('[^', '[')) ||
        !/[\])\w](?:[+*]|\{\d)/.test(pattern)
      )
        continue;
      yield {
        at: field.target.location,
        message: `the pattern of ${field.name || 'the value'} matches anywhere: ${pattern.slice(0, 60)} (${named(field.writtenBy)})`,
        operations: field.writtenBy,
      };
    }
  },
});
