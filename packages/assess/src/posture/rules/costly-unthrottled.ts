import { isExpensive, isPaced, tells429 } from '../flows.ts';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'costly-unthrottled',
  title: 'Costly work without a limit of its own',
  owasp: ['API4:2023'],
  asvs: ['V15.1.3', 'V15.2.2'],
  severity: graded('low'),
  confidence: 'low',
  why: 'Exports, reports and conversions take seconds of work for one small request: a handful of callers occupies the service.',
  mend: 'give it a limit or cost of its own: x-castellan: { rateLimit: { rate: 10/minute, cost: 5 }, concurrency: 2 }',
  docs: 'By the words of the path. Reading the state of such a job is not the job.',
  bad: [`paths: { /orders/export: { post: { responses: {} } } }`],
  good: [
    `paths: { /orders/export: { post: { x-castellan: { concurrency: 1 }, responses: {} } }, '/exports/{id}': { get: { responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations) {
      if (isPaced(operation) || tells429(operation) || !isExpensive(operation)) continue;
      yield {
        at: operation.location,
        message: `${operation.method} ${operation.path} does much work for one request`,
        operations: [operation],
        mend: updating(
          contract,
          'bound how many run at once; the number is a proposal',
          [{ at: operation.location, update: { 'x-castellan': { concurrency: 2 } } }],
          false,
        ),
      };
    }
  },
});
