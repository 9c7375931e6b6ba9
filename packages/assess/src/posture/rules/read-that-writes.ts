import { contractRule, graded } from '../rule.ts';
import { segmentsOf, wordsOf } from '../../meaning/words.ts';

const CHANGES =
  /^(?:delete|remove|destroy|create|update|cancel|revoke|purge|drop|insert|disable|activate|deactivate|approve|reject|execute|restart|shutdown|logout|unsubscribe)$/;

export const rule = contractRule({
  id: 'read-that-writes',
  title: 'Changes by GET',
  owasp: ['API5:2023', 'API8:2023'],
  asvs: ['V3.5.3'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'Links, images, prefetching and caches send GET: a foreign page changes things for whoever opens it, and retries repeat it.',
  mend: 'use POST, PUT, PATCH or DELETE',
  docs: 'Where the last path segment, or the operationId, begins with a word that changes things.',
  bad: [`paths: { '/orders/{id}/delete': { get: { responses: {} } } }`],
  good: [`paths: { '/orders/{id}': { delete: { responses: {} }, get: { operationId: getOrder, responses: {} } } }`],
  *find({ operations }) {
    for (const operation of operations) {
      if (operation.method !== 'GET' && operation.method !== 'HEAD') continue;
      const segment = operation.path.endsWith('}') ? [] : wordsOf(segmentsOf(operation.path).at(-1) ?? '');
      const id = operation.operationIdDeclared ? wordsOf(operation.operationId) : [];
      const byPath = segment[0] !== undefined && CHANGES.test(segment[0]);
      const byId = id[0] !== undefined && CHANGES.test(id[0]) && id.length > 1;
      if (byPath || byId)
        yield {
          at: operation.location,
          message: `GET ${operation.path}${byPath ? '' : ` (${operation.operationId})`} changes something by its name`,
          operations: [operation],
        };
    }
  },
});
