import { isHealth } from '@castellan/meaning';
import { isPaced, tells429 } from '../flows.ts';
import { rootOf, updating } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { count } from '../summary.ts';

export const rule = contractRule({
  id: 'rate-limit-missing',
  title: 'No rate limit',
  owasp: ['API4:2023', 'API6:2023'],
  asvs: ['V2.4.1', 'V2.1.3'],
  severity: { toy: 'info', internal: 'low', standard: 'medium', bank: 'high' },
  confidence: 'medium',
  why: 'Without a limit one caller takes what all share, tries every password, and reads everything that can be read.',
  mend: 'add x-castellan: { rateLimit: { rate: 60/minute } } to the document, and stricter ones to costly operations',
  docs: 'One finding for the document. A limit at the root covers all operations. Where every operation documents 429, a limit exists somewhere and the rule is silent.',
  bad: [`paths: { /orders: { get: { responses: { '200': { description: ok } } } } }`],
  good: [
    `x-castellan: { rateLimit: { rate: 60/minute } }
paths: { /orders: { get: { responses: { '200': { description: ok } } } } }`,
  ],
  *find({ contract, operations }) {
    if (contract.castellan.rateLimit !== undefined) return;
    const unlimited = operations.filter(
      (operation) =>
        !isPaced(operation) && !isHealth(operation) && !tells429(operation) && operation.method !== 'OPTIONS',
    );
    if (unlimited.length === 0) return;
    yield {
      at: rootOf(contract),
      message: `${unlimited.length} of ${count(operations.length, 'operation')} ${unlimited.length === 1 ? 'has' : 'have'} no rate limit and ${unlimited.length === 1 ? 'documents' : 'document'} no 429`,
      operations: unlimited,
      mend: updating(
        contract,
        'limit the API; the number is a proposal',
        [{ at: rootOf(contract), update: { 'x-castellan': { rateLimit: { rate: '600/minute' } } } }],
        false,
      ),
    };
  },
});
