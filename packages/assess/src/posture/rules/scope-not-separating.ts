import { isUnsafe } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
import { count } from '../summary.ts';
import type { Operation, SecurityScheme } from '@castellan/contract';

export const rule = contractRule({
  id: 'scope-not-separating',
  title: 'One scope for reading and writing',
  owasp: ['API5:2023'],
  asvs: ['V8.2.1', 'V10.4.11'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'Every token can do everything: a client that only shows data can also delete it, and so can whoever steals its token.',
  mend: 'declare scopes for reading and for writing, and ask for the one that each operation needs',
  docs: 'One finding for each OAuth scheme whose reads and writes all ask for the same scopes, or for none at all.',
  bad: [
    `security: [{ oauth: [all] }]
paths: { /orders: { get: { responses: {} }, delete: { responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { all: everything } } } } } }`,
  ],
  good: [
    `security: [{ oauth: [read] }]
paths: { /orders: { get: { responses: {} }, delete: { security: [{ oauth: [write] }], responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { read: '', write: '' } } } } } }`,
  ],
  *find({ operations }) {
    const uses = new Map<
      SecurityScheme,
      { readonly sets: Set<string>; readonly reads: Operation[]; readonly writes: Operation[] }
    >();
    for (const operation of operations)
      for (const { schemes } of operation.security)
        for (const { scheme, scopes } of schemes) {
          if (scheme.type !== 'oauth2' && scheme.type !== 'openIdConnect') continue;
          let use = uses.get(scheme);
          if (use === undefined) uses.set(scheme, (use = { sets: new Set(), reads: [], writes: [] }));
          use.sets.add([...scopes].sort().join(' '));
          (isUnsafe(operation) ? use.writes : use.reads).push(operation);
        }
    for (const [scheme, { sets, reads, writes }] of uses)
      if (sets.size === 1 && reads.length > 0 && writes.length > 0) {
        const [scopes] = sets;
        yield {
          at: scheme.location,
          message: `${count(reads.length, 'read')} and ${count(writes.length, 'write')} ask ${scheme.name} for ${scopes === '' ? 'no scope' : `the same: ${scopes}`}`,
          operations: [...reads, ...writes],
        };
      }
  },
});
