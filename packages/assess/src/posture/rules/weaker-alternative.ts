import { contractRule } from '../rule.ts';
import { named } from '../summary.ts';
import type { Operation, SecurityScheme } from '@castellan/contract';

export const rule = contractRule({
  id: 'weaker-alternative',
  title: 'A weaker way in beside a stronger one',
  owasp: ['API2:2023'],
  asvs: ['V6.1.3', 'V6.3.3'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  confidence: 'high',
  why: 'Callers choose among alternatives: whoever holds the weaker credential needs the stronger one for nothing.',
  mend: 'remove the weaker alternative, or require both',
  bad: [
    `security: [{ oauth: [] }, { basic: [] }]
paths: { /orders: { get: { responses: {} } } }
components:
  securitySchemes:
    basic: { type: http, scheme: basic }
    oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: {} } } }`,
  ],
  good: [
    `security: [{ oauth: [], basic: [] }]
paths: { /orders: { get: { responses: {} } } }
components:
  securitySchemes:
    basic: { type: http, scheme: basic }
    oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: {} } } }`,
  ],
  *find({ operations }) {
    const weak = new Map<SecurityScheme, { readonly strong: SecurityScheme; readonly operations: Operation[] }>();
    for (const operation of operations) {
      const single = operation.security.flatMap(({ schemes }) =>
        schemes.length === 1 ? schemes.map(({ scheme }) => scheme) : [],
      );
      const strong = single.find((scheme) => strength(scheme) === 3);
      const weaker = single.find((scheme) => strength(scheme) < 2);
      if (strong === undefined || weaker === undefined) continue;
      const known = weak.get(weaker);
      if (known === undefined) weak.set(weaker, { strong, operations: [operation] });
      else known.operations.push(operation);
    }
    for (const [scheme, { strong, operations: touched }] of weak)
      yield {
        at: scheme.location,
        message: `${scheme.name} is accepted instead of ${strong.name} (${named(touched)})`,
        operations: touched,
      };
  },
});

/** 3: short-lived and scoped, or bound to a key; 1 and below: a password or a key in the URL. */
function strength(scheme: SecurityScheme): number {
  if (scheme.type === 'oauth2' || scheme.type === 'openIdConnect' || scheme.type === 'mutualTLS') return 3;
  if (scheme.type === 'http')
    return scheme.scheme === 'bearer' || scheme.scheme === 'dpop' ? 3 : scheme.scheme === 'basic' ? 1 : 2;
  return scheme.in === 'query' ? 0 : 2;
}
