import { isPaced, tells429 } from '../flows.ts';
import type { Operation } from '@castellan/contract';
import { isOpen } from '../api.ts';
import { updating } from '../patch.ts';
import { isLogin, isRecovery } from '@castellan/meaning';
import { isRecord } from '../records.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'login-unthrottled',
  title: 'Sign-in without brute-force protection',
  owasp: ['API2:2023', 'API4:2023'],
  asvs: ['V6.1.1', 'V6.3.1'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'Passwords, codes and tokens can be tried by the million where login and recovery have no limit of their own.',
  mend: 'add x-castellan: { rateLimit: { rate: 10/minute, by: address } } to the operation, stricter than the one of the API',
  docs: 'A limit for the whole API does not count: it is made for good clients, and generous. Where a 429 is documented for this operation, the confidence is low and the severity lower. Silent where the collection keeps records that are changed one by one (`PUT /stages/login/{id}`): it signs nobody in.',
  bad: [`paths: { /login: { post: { responses: {} } } }`],
  good: [
    `paths: { /login: { post: { x-castellan: { rateLimit: { rate: 10/minute, by: address } }, responses: {} } } }`,
    `paths: { /stages/login: { post: { responses: {} } }, '/stages/login/{id}': { put: { responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations) {
      if ((!isLogin(operation) && !isRecovery(operation)) || isPaced(operation)) continue;
      if (isRecord(contract, operation) || !takesGuesses(operation)) continue;
      yield {
        at: operation.location,
        message: `${operation.method} ${operation.path} takes attempts without a limit of its own`,
        operations: [operation],
        ...(tells429(operation) ? ({ severity: 'low', confidence: 'low' } as const) : {}),
        mend: updating(
          contract,
          'limit it, stricter than the API',
          [{ at: operation.location, update: { 'x-castellan': { rateLimit: { rate: '10/minute', by: 'address' } } } }],
          false,
        ),
      };
    }
  },
});

/** Who has a credential and begins a reset for somebody whom the path names sends nothing that could be guessed. */
function takesGuesses(operation: Operation): boolean {
  return isLogin(operation) || isOpen(operation) || !operation.path.includes('{') || operation.body !== undefined;
}
