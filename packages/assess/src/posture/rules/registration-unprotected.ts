import { isPaced } from '../flows.ts';
import { isOpen } from '../api.ts';
import { isRegistration, lastSegment } from '@castellan/meaning';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'registration-unprotected',
  title: 'Accounts can be opened by machines',
  owasp: ['API6:2023'],
  asvs: ['V2.4.1', 'V2.4.2'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Thousands of accounts cost nothing, and every limit per account then means nothing either.',
  mend: 'bound it by address: x-castellan: { rateLimit: { rate: 5/hour, by: address } }, and ask for proof of a person',
  docs: 'For operations that anyone may call to register: POST on register or signup, or on /users and /accounts.',
  bad: [`paths: { /register: { post: { responses: {} } } }`],
  good: [
    `paths: { /register: { post: { x-castellan: { rateLimit: { rate: 5/hour, by: address } }, responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations) {
      const opens =
        isRegistration(operation) ||
        (operation.method === 'POST' &&
          operation.securityFrom === 'operation' &&
          /^(?:users|accounts|customers|members)$/i.test(lastSegment(operation)) &&
          !operation.path.includes('{'));
      if (opens && isOpen(operation) && !isPaced(operation))
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} opens accounts for anyone, as fast as they ask`,
          operations: [operation],
          mend: updating(
            contract,
            'bound it by address; the number is a proposal',
            [{ at: operation.location, update: { 'x-castellan': { rateLimit: { rate: '5/hour', by: 'address' } } } }],
            false,
          ),
        };
    }
  },
});
