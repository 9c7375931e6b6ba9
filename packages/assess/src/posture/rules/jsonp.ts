import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { successes } from '../bodies.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'jsonp',
  title: 'JSONP',
  owasp: ['API8:2023'],
  asvs: ['V3.5.6'],
  severity: graded('medium'),
  confidence: 'high',
  why: "Any site includes the answer as a script and reads it with the visitor's cookies, past the same-origin policy.",
  mend: 'remove it, and name the origins that may read by CORS',
  docs: 'For answers of type application/javascript together with a `callback` or `jsonp` parameter.',
  bad: [
    `paths: { /orders: { get: { parameters: [{ name: callback, in: query, schema: { type: string } }], responses: { '200': { description: ok, content: { application/javascript: {} } } } } } }`,
  ],
  good: [
    `paths: { /orders: { get: { parameters: [{ name: callback, in: query, schema: { type: string } }], responses: { '200': { description: ok, content: { application/json: {} } } } } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      if (field.parameter?.in !== 'query' || !/^(?:callback|jsonp|jsoncallback)$/.test(plain(field.name))) continue;
      const operations = field.writtenBy.filter(
        (operation) =>
          plain(field.name).includes('jsonp') ||
          successes(operation).some(({ content }) => content.some(({ type }) => /javascript/.test(type))),
      );
      if (operations.length > 0)
        yield {
          at: field.location,
          message: `${field.name} wraps the answer in a script (${named(operations)})`,
          operations,
        };
    }
  },
});
