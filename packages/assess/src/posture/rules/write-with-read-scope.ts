import { isUnsafe } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { wordsOf } from '@castellan/meaning';
import type { Operation } from '@castellan/contract';

export const rule = contractRule({
  id: 'write-with-read-scope',
  title: 'Reading scopes that let callers write',
  owasp: ['API5:2023'],
  asvs: ['V8.2.1', 'V10.4.11'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Whoever was given a token for reading can change and delete.',
  mend: 'require a scope for writing',
  docs: 'By the words of the scopes: read, readonly, view, list. Searches that use POST are reads.',
  bad: [
    `paths: { /orders: { delete: { security: [{ oauth: ['orders:read'] }], responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { 'orders:read': '', 'orders:write': '' } } } } } }`,
  ],
  good: [
    `paths: { /orders: { delete: { security: [{ oauth: ['orders:write'] }], responses: {} } }, /orders/search: { post: { security: [{ oauth: ['orders:read'] }], responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { 'orders:read': '', 'orders:write': '' } } } } } }`,
  ],
  *find({ operations }) {
    for (const operation of operations) {
      if (!isUnsafe(operation) || isReading(operation.path) || asks(operation)) continue;
      const reading = operation.security.some(({ schemes }) => {
        const scopes = schemes.flatMap((one) => one.scopes);
        return (
          scopes.length > 0 &&
          scopes.every(
            (scope) =>
              wordsOf(scope).some((word) => /^(?:read|readonly|view|viewer|reader|list)$/.test(word)) &&
              !wordsOf(scope).some((word) => /^(?:write|manage|admin|edit|all|full)$/.test(word)),
          )
        );
      });
      if (reading)
        yield {
          at:
            operation.securityFrom === 'operation'
              ? { document: operation.location.document, pointer: `${operation.location.pointer}/security` }
              : operation.location,
          message: `${named([operation])} asks only for a scope for reading`,
          operations: [operation],
        };
    }
  },
});

/** What is called by POST because its question is long: `getComputedDocument`. */
function asks(operation: Operation): boolean {
  const verb = wordsOf(operation.operationIdDeclared ? operation.operationId : '')[0] ?? '';
  return (
    operation.method === 'POST' &&
    /^(?:get|list|search|find|query|fetch|read|aggregate|compute|calculate|preview|validate|check|count|estimate|lookup|compare|evaluate)$/.test(
      verb,
    )
  );
}

function isReading(path: string): boolean {
  return /\/(?:_?search|query|_?query|lookup|find|list|batch-?get|batch|calculate|validate|preview|export|count|filter|check|estimate|graphql)\/?$/i.test(
    path.replaceAll(/[:.]/g, '/'),
  );
}
