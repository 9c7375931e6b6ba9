import { contractRule, graded } from '../rule.ts';
import { isPaced } from '../flows.ts';
import { segmentsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'graphql-unbounded',
  title: 'GraphQL behind one operation',
  owasp: ['API4:2023'],
  asvs: ['V4.3.1'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Batches, aliases and nesting put thousands of calls into one request: limits per request do not count them.',
  mend: 'bound depth, cost and batch size in the GraphQL server, and cost per call here: x-castellan: { rateLimit: { rate: …, cost: … } }',
  bad: [
    `paths: { /graphql: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { query: { type: string } } } } } }, responses: {} } } }`,
  ],
  good: [`paths: { /graphql: { post: { x-castellan: { rateLimit: { rate: 60/minute, cost: 5 } }, responses: {} } } }`],
  *find({ operations }) {
    for (const operation of operations)
      if (
        operation.method === 'POST' &&
        /^graphi?ql$/i.test(segmentsOf(operation.path).at(-1) ?? '') &&
        !isPaced(operation)
      )
        yield {
          at: operation.location,
          message: `${operation.path} takes queries of any cost`,
          operations: [operation],
        };
  },
});
