import { contractRule, graded } from '../rule.ts';
import { endsInParameter, segmentsOf, withoutSlash } from '@castellan/meaning';
import { isUnsafe } from '../api.ts';

export const rule = contractRule({
  id: 'flow-out-of-order',
  title: 'Steps that can be skipped',
  owasp: ['API6:2023'],
  asvs: ['V2.3.1'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Whoever calls the last step first gets the goods without paying, or the approval without a review.',
  mend: 'say what must have come before: x-castellan: { flow: { name: …, after: [previousStep] } }',
  docs: 'For the closing steps (confirm, complete, finalize, fulfil, ship, settle, release) of a path that has an opening step in the same document, where no `flow.after` orders them.',
  bad: [`paths: { /orders: { post: { responses: {} } }, '/orders/{id}/confirm': { post: { responses: {} } } }`],
  good: [
    `paths: { /orders: { post: { operationId: createOrder, responses: {} } }, '/orders/{id}/confirm': { post: { x-castellan: { flow: { name: ordering, after: [createOrder] } }, responses: {} } } }`,
  ],
  *find({ operations }) {
    const opened = new Set(
      operations.filter((operation) => operation.method === 'POST').map(({ path }) => withoutSlash(path)),
    );
    for (const operation of operations) {
      const last = segmentsOf(operation.path).at(-1) ?? '';
      if (
        !isUnsafe(operation) ||
        endsInParameter(operation.path) ||
        !/^(?:confirm|complete|finali[sz]e|fulfil|fulfill|ship|settle|release)$/i.test(last) ||
        (operation.castellan.flow?.after.length ?? 0) > 0
      )
        continue;
      const parent = operation.path.replace(/\/\{[^{}]+\}\/[^/]+\/?$/, '');
      if (parent !== operation.path && opened.has(parent))
        yield {
          at: operation.location,
          message: `nothing says what must come before ${operation.method} ${operation.path}`,
          operations: [operation],
        };
    }
  },
});
