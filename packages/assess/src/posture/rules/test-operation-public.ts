import { contractRule, graded } from '../rule.ts';
import { segmentsOf } from '@castellan/meaning';

export const rule = contractRule({
  id: 'test-operation-public',
  title: 'Test operations in a published document',
  owasp: ['API9:2023', 'API8:2023'],
  asvs: ['V15.2.3'],
  severity: graded('low'),
  confidence: 'medium',
  why: 'What was made for tests has weaker checks and reaches the same data.',
  mend: 'remove it from what is published, or keep it behind an environment that has no real data',
  docs: 'For first path segments after the version such as test, mock, sandbox, playground, sample, dummy, example. Testing something that users own (`/hooks/{id}/tests`) is a function like any other.',
  bad: [`paths: { /test/reset-database: { post: { responses: {} } } }`],
  good: [`paths: { '/hooks/{id}/tests': { post: { responses: {} } } }`],
  *find({ operations }) {
    for (const operation of operations) {
      const first = segmentsOf(operation.path).find((segment) => !/^(?:api|v\d+)$/i.test(segment)) ?? '';
      if (
        /^(?:test|tests|testing|mock|mocks|playground|sample|samples|dummy|fake|seed|fixtures|dev|qa)$/i.test(first) &&
        operation.path.split('/').findIndex((one) => one === first) <= 3
      )
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} looks made for tests`,
          operations: [operation],
        };
    }
  },
});
