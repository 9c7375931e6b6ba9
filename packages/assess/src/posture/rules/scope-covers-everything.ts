import { contractRule, graded } from '../rule.ts';
import { count } from '../summary.ts';
import type { Operation, SecurityScheme } from '@castellan/contract';

export const rule = contractRule({
  id: 'scope-covers-everything',
  title: 'A scope that opens everything',
  owasp: ['API5:2023'],
  asvs: ['V10.4.11', 'V10.2.3'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Clients ask for the scope that always works, so every token in circulation can do everything.',
  mend: 'offer scopes for what clients do, and keep the wide one for administration',
  docs: 'For scopes called `*`, `all`, `full`, `full_access`, `default`, `root` or `superuser` that most operations accept.',
  bad: [
    `security: [{ oauth: [full_access] }]
paths: { /orders: { get: { responses: {} }, delete: { responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { full_access: everything } } } } } }`,
  ],
  good: [
    `security: [{ oauth: ['orders:read'] }]
paths: { /orders: { get: { responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { 'orders:read': '' } } } } } }`,
  ],
  *find({ operations }) {
    const wide = new Map<SecurityScheme, Operation[]>();
    for (const operation of operations)
      for (const { schemes } of operation.security)
        for (const { scheme, scopes } of schemes)
          if (
            scopes.some((scope) =>
              /^(?:\*|all|full|full[-_ ]?access|default|root|superuser|everything|all:\*|\*:\*)$/i.test(scope),
            )
          ) {
            const list = wide.get(scheme);
            if (list === undefined) wide.set(scheme, [operation]);
            else list.push(operation);
          }
    for (const [scheme, touched] of wide)
      if (touched.length * 2 > operations.length)
        yield {
          at: scheme.location,
          message: `one scope of ${scheme.name} opens ${count(touched.length, 'operation')} of ${operations.length}`,
          operations: touched,
        };
  },
});
