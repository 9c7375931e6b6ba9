import { flowOf, isPaced } from '../flows.ts';
import { isAdmin, lastSegment, plain } from '@castellan/meaning';
import { isRecord } from '../records.ts';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'flow-unprotected',
  title: 'Business flow that can be automated',
  owasp: ['API6:2023'],
  asvs: ['V2.4.1', 'V2.1.3'],
  severity: graded('low'),
  weighed: true,
  confidence: 'medium',
  why: 'Scripts buy out stock, fill up bookings, test stolen cards, farm rewards or send spam as fast as the API answers.',
  mend: 'declare the flow and its pace: x-castellan: { flow: { name: …, pace: 5/minute } }',
  docs: "For operations that begin a payment, purchase, booking, reward, vote or message by their last path segment. A limit for the whole API does not know what is dear. Silent under administrators' paths.",
  bad: [`paths: { /orders: { post: { responses: {} } } }`],
  good: [`paths: { /orders: { post: { x-castellan: { flow: { name: ordering, pace: 5/minute } }, responses: {} } } }`],
  *find({ contract, operations }) {
    for (const operation of operations) {
      const flow = flowOf(operation);
      if (flow === undefined || isPaced(operation) || isAdmin(operation)) continue;
      if (flow === 'message' && isRecord(contract, operation) && /sms|mail/.test(plain(lastSegment(operation))))
        continue;
      yield {
        at: operation.location,
        message: `${operation.method} ${operation.path} takes a step of a ${flow} flow, and nothing bounds its pace`,
        operations: [operation],
        mend: updating(
          contract,
          'declare the flow and its pace; the number is a proposal',
          [{ at: operation.location, update: { 'x-castellan': { flow: { name: flow, pace: '20/minute' } } } }],
          false,
        ),
      };
    }
  },
});
