import { isOpen } from '../api.ts';
import { isInternal } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'internal-operation-public',
  title: 'Inside doors in the public document',
  owasp: ['API5:2023', 'API9:2023', 'API8:2023'],
  asvs: ['V13.4.5', 'V15.2.3'],
  severity: graded('medium'),
  weighed: true,
  confidence: 'high',
  why: "Debug, metrics and internal operations show memory, configuration and other people's requests, and were never hardened for strangers.",
  mend: 'move it to a document and a listener of its own, that the public address does not reach',
  docs: 'By path segments such as debug, internal, actuator, pprof, heapdump. Silent at profile internal only by severity.',
  bad: [`paths: { /debug/vars: { get: { responses: {} } } }`],
  good: [`paths: { /orders: { get: { responses: {} } } }`],
  *find({ operations }) {
    for (const operation of operations)
      if (isInternal(operation))
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} is internal${isOpen(operation) ? ', and open to anyone' : ''}`,
          operations: [operation],
        };
  },
});
