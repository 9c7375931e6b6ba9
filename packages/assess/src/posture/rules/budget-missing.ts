import { listOf } from '../bodies.ts';
import { contractRule } from '../rule.ts';
import { updating } from '../patch.ts';

export const rule = contractRule({
  id: 'budget-missing',
  title: 'One credential reads it all',
  owasp: ['API4:2023', 'API6:2023'],
  asvs: ['V2.4.1', 'V14.2.4'],
  severity: { toy: 'off', internal: 'off', standard: 'off', bank: 'medium' },
  weighed: false,
  confidence: 'medium',
  why: 'Pages bound one call, not all of them: a stolen credential still reads the whole collection, page by page.',
  mend: 'bound what one principal may take away: x-castellan: { budget: { records: 1000/hour } }',
  docs: 'For a bank, for lists that carry personal, financial or special data.',
  bad: [
    `x-castellan: { profile: bank }
paths: { /accounts: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { type: object, properties: { iban: { type: string } } } } } } } } } } }`,
  ],
  good: [
    `x-castellan: { profile: bank }
paths: { /accounts: { get: { x-castellan: { budget: { records: 1000/hour } }, responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { type: object, properties: { iban: { type: string } } } } } } } } } } }`,
  ],
  *find({ contract, operations, dataOf }) {
    for (const operation of operations) {
      const data = dataOf(operation);
      if (
        operation.method !== 'GET' ||
        data === undefined ||
        data === 'contact' ||
        operation.castellan.budget !== undefined ||
        listOf(contract, operation) === undefined
      )
        continue;
      yield {
        at: operation.location,
        message: `${operation.method} ${operation.path} lists ${data} data without a budget`,
        operations: [operation],
        mend: updating(
          contract,
          'bound it; the number is a proposal',
          [{ at: operation.location, update: { 'x-castellan': { budget: { records: '1000/hour' } } } }],
          false,
        ),
      };
    }
  },
});
