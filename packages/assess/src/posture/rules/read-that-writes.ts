import { contractRule, graded } from '../rule.ts';
import { changeSaid, plain, segmentsOf } from '@castellan/meaning';

/** Ends a session, and nothing else. */
const ENDS = /^(?:logout|signout|logoff|abmelden|deconnexion|cerrarsesion|sair)$/;

export const rule = contractRule({
  id: 'read-that-writes',
  title: 'Changes by GET',
  owasp: ['API5:2023', 'API8:2023'],
  asvs: ['V3.5.3'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'Links, images, prefetching and caches send GET: a foreign page changes things for whoever opens it, and retries repeat it.',
  mend: 'use POST, PUT, PATCH or DELETE',
  docs: 'Where the last path segment, the operationId or the summary begins with a word that changes things, where a parameter called action lists one, and where an amount is sent to pay or transfer.',
  bad: [
    `paths: { '/orders/{id}/delete': { get: { responses: {} } } }`,
    `paths: { /orders: { get: { parameters: [{ name: action, in: query, schema: { enum: [show, delete] } }], responses: {} } } }`,
    `paths: { /transfer: { get: { parameters: [{ name: amount, in: query, schema: { type: number } }], responses: {} } } }`,
  ],
  good: [`paths: { '/orders/{id}': { delete: { responses: {} }, get: { operationId: getOrder, responses: {} } } }`],
  *find({ operations }) {
    for (const operation of operations) {
      if (operation.method !== 'GET' && operation.method !== 'HEAD') continue;
      const said = changeSaid(operation);
      if (said !== undefined)
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path}${said === '' ? '' : ` (${said})`} changes something by its name`,
          operations: [operation],
          // What a foreign page ends that way is begun anew.
          ...(ENDS.test(plain(segmentsOf(operation.path).at(-1) ?? '')) ? ({ severity: 'low' } as const) : {}),
        };
    }
  },
});
