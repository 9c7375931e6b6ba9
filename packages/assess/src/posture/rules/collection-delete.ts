import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'collection-delete',
  title: 'One call deletes the collection',
  owasp: ['API5:2023', 'API6:2023'],
  asvs: ['V8.2.1', 'V2.3.5'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'A single mistaken or stolen call empties everything; object-level checks have nothing to look at.',
  mend: 'require the ids that are meant (a required parameter or body), or remove the operation',
  docs: 'For DELETE on a plural path at the top, without a body or required query parameter. What belongs to one object, or to the caller, may be cleared.',
  bad: [`paths: { /orders: { delete: { responses: {} } } }`],
  good: [
    `paths: { /orders: { delete: { parameters: [{ name: ids, in: query, required: true, schema: { type: string } }], responses: {} } }, '/orders/{id}': { delete: { responses: {} } }, /session: { delete: { responses: {} } } }`,
  ],
  *find({ operations }) {
    for (const operation of operations) {
      if (
        operation.method !== 'DELETE' ||
        operation.path.includes('{') ||
        operation.body !== undefined ||
        /\/(?:me|self|user|account|session|current|my)\b/i.test(operation.path)
      )
        continue;
      if (
        operation.parameters.some((parameter) => parameter.in === 'query' && parameter.required) ||
        !/[^s]s\/?$/i.test(operation.path)
      )
        continue;
      yield {
        at: operation.location,
        message: `DELETE ${operation.path} names nothing that is to be deleted`,
        operations: [operation],
      };
    }
  },
});
