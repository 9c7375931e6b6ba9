import { failures } from '../bodies.ts';
import { rootOf, under, updating } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { counted, named } from '../summary.ts';

export const rule = contractRule({
  id: 'error-undocumented',
  title: 'Failures without a contract',
  owasp: ['API8:2023'],
  asvs: ['V16.5.1', 'V16.5.4'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'low' },
  confidence: 'high',
  why: 'What no schema describes is whatever the framework prints: stack traces, queries and versions reach callers, and nothing can notice.',
  mend: 'document the failures (4XX, 5XX or default) with one Problem schema (RFC 9457)',
  docs: 'One finding for the document: operations that document successes only.',
  bad: [`paths: { /orders: { get: { responses: { '200': { description: ok } } } } }`],
  good: [
    `paths: { /orders: { get: { responses: { '200': { description: ok }, default: { description: failed } } } } }`,
  ],
  *find({ contract, operations }) {
    const silent = operations.filter(
      (operation) =>
        operation.responses.length > 0 &&
        failures(operation).length === 0 &&
        !operation.responses.every(({ status }) => status.startsWith('3')),
    );
    if (silent.length > 0)
      yield {
        at: rootOf(contract),
        message: `${counted(silent.length, 'operation', 'documents', 'document')} no failure at all: ${named(silent)}`,
        operations: silent,
        mend: updating(
          contract,
          'document the failures; add their schema to the description',
          silent.map((operation) => ({
            at: under(operation.location, 'responses'),
            update: contract.openapi.startsWith('2')
              ? { default: { description: 'It failed' } }
              : { '4XX': { description: 'The request was refused' }, '5XX': { description: 'The service failed' } },
          })),
          true,
        ),
      };
  },
});
