import { contractRule, graded } from '../rule.ts';
import { updating } from '../patch.ts';

export const rule = contractRule({
  id: 'flow-without-pace',
  title: 'Declared flow without a pace',
  owasp: ['API6:2023'],
  asvs: ['V2.4.2'],
  severity: graded('low'),
  confidence: 'high',
  why: 'The document calls it a sensitive flow and still lets a machine run through it.',
  mend: 'add pace to the flow, a rate that a person can reach',
  bad: [`paths: { /orders: { post: { x-castellan: { flow: { name: ordering } }, responses: {} } } }`],
  good: [`paths: { /orders: { post: { x-castellan: { flow: { name: ordering, pace: 5/minute } }, responses: {} } } }`],
  *find({ contract, operations }) {
    for (const operation of operations) {
      const { flow, rateLimit } = operation.castellan;
      if (flow !== undefined && flow.pace === undefined && rateLimit === undefined)
        yield {
          at: operation.location,
          message: `the step ${operation.operationId} of ${flow.name} has no pace`,
          operations: [operation],
          mend: updating(
            contract,
            'add a pace; the number is a proposal',
            [{ at: operation.location, update: { 'x-castellan': { flow: { pace: '20/minute' } } } }],
            false,
          ),
        };
    }
  },
});
