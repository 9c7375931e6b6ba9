import { removing } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'trace-method',
  title: 'TRACE offered',
  owasp: ['API8:2023'],
  asvs: ['V13.4.4', 'V4.1.4'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'TRACE answers with the request as it arrived: header fields that proxies added, and credentials, come back to whoever asked.',
  mend: 'remove the operation',
  bad: [`paths: { /orders: { trace: { responses: {} } } }`],
  good: [`paths: { /orders: { get: { responses: {} } } }`],
  *find({ contract, operations }) {
    for (const operation of operations)
      if (operation.method === 'TRACE')
        yield {
          at: operation.location,
          message: `TRACE ${operation.path} is offered`,
          operations: [operation],
          mend: removing(contract, 'remove the operation', operation.location, false),
        };
  },
});
