import { isPaced, tells429 } from '../flows.ts';
import { rootOf, under, updating } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { count, named } from '../summary.ts';

export const rule = contractRule({
  id: 'too-many-requests-undocumented',
  title: 'A limit without its answer',
  owasp: ['API4:2023'],
  asvs: ['V2.1.3'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'low' },
  confidence: 'high',
  why: 'Clients that do not know of 429 and Retry-After try again at once, and the limit makes things worse.',
  mend: 'document 429 with Retry-After',
  docs: 'Only where the contract declares a limit; one finding for the document. `4XX` and `default` do not tell clients to wait.',
  bad: [
    `x-castellan: { rateLimit: { rate: 60/minute } }
paths: { /orders: { get: { responses: { '200': { description: ok } } } } }`,
  ],
  good: [
    `x-castellan: { rateLimit: { rate: 60/minute } }
paths: { /orders: { get: { responses: { '200': { description: ok }, '429': { description: wait } } } } }`,
  ],
  *find({ contract, operations }) {
    const all = contract.castellan.rateLimit !== undefined;
    const silent = operations.filter(
      (operation) => (all || isPaced(operation)) && !tells429(operation) && operation.responses.length > 0,
    );
    if (silent.length === 0) return;
    const field = contract.openapi.startsWith('2')
      ? { 'Retry-After': { description: 'Seconds to wait', type: 'integer' } }
      : { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 0 } } };
    yield {
      at: rootOf(contract),
      message: `${count(silent.length, 'operation')} with a rate limit ${silent.length === 1 ? 'does' : 'do'} not document 429: ${named(silent)}`,
      operations: silent,
      mend: updating(
        contract,
        'document 429 with Retry-After',
        silent.map((operation) => ({
          at: under(operation.location, 'responses'),
          update: { '429': { description: 'Too many requests', headers: field } },
        })),
        true,
      ),
    };
  },
});
