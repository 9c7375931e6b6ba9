import { contractRule, graded } from '../rule.ts';
import { isPinned, isRedirect, isToldRegistered, restrictionOf, urlLocation } from '../urls.ts';
import { named } from '../summary.ts';

export const rule = contractRule({
  id: 'redirect-unrestricted',
  title: 'Callers choose where users are sent',
  owasp: ['API7:2023', 'API10:2023'],
  asvs: ['V3.7.2', 'V10.4.1'],
  severity: graded('low'),
  reads: 'requests',
  confidence: 'medium',
  why: 'A link to your own address that leads on to a foreign page is what phishing is made of, and codes or tokens may travel along.',
  mend: 'register the addresses per client and compare exactly, or list the hosts: x-castellan: { url: { schemes: [https], hosts: […] } }',
  bad: [
    `paths: { /login: { get: { parameters: [{ name: returnUrl, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /login: { get: { parameters: [{ name: returnUrl, in: query, schema: { type: string }, x-castellan: { url: { schemes: [https], hosts: [shop.example.com] } } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      if (!isRedirect(field) || isPinned(field) || isToldRegistered(field) || restrictionOf(field)?.hosts !== undefined)
        continue;
      yield {
        at: urlLocation(field),
        message: `${field.name} may be any address (${named(field.writtenBy)})`,
        operations: field.writtenBy,
      };
    }
  },
});
