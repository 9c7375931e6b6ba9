import { isOpen } from '../api.ts';
import { rootOf, under, updating } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { counted, named } from '../summary.ts';

export const rule = contractRule({
  id: 'unauthorized-undocumented',
  title: 'Refusals without a contract',
  owasp: ['API2:2023', 'API8:2023'],
  asvs: ['V16.5.1'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'low' },
  confidence: 'high',
  why: 'Where the document does not say how a missing or bad credential is refused, clients cannot tell it from a failure, and nothing checks what the refusal gives away.',
  mend: 'document 401 and 403 (or 4XX, or default) with one Problem schema',
  docs: 'One finding for the document. Silent for operations with a 4XX or default response.',
  bad: [
    `security: [{ token: [] }]
paths: { /orders: { get: { responses: { '200': { description: ok } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /orders: { get: { responses: { '200': { description: ok }, 4XX: { description: refused } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ contract, operations }) {
    const silent = operations.filter(
      (operation) =>
        !isOpen(operation) &&
        operation.responses.length > 0 &&
        !operation.responses.some(
          ({ status }) => status === '401' || status === '403' || status === '4XX' || status === 'default',
        ),
    );
    if (silent.length > 0)
      yield {
        at: rootOf(contract),
        message: `${counted(silent.length, 'operation', 'asks', 'ask')} for a credential and ${silent.length === 1 ? 'documents' : 'document'} neither 401 nor 403: ${named(silent)}`,
        operations: silent,
        mend: updating(
          contract,
          'document how a missing or bad credential is refused',
          silent.map((operation) => ({
            at: under(operation.location, 'responses'),
            update: {
              '401': { description: 'The credential is missing or bad' },
              '403': { description: 'It is not allowed' },
            },
          })),
          true,
        ),
      };
  },
});
