import { contractRule, graded } from '../rule.ts';
import { list } from '../summary.ts';
import type { Operation } from '@castellan/contract';

export const rule = contractRule({
  id: 'scope-undeclared',
  title: 'Scopes that do not exist',
  owasp: ['API5:2023'],
  asvs: ['V8.1.1'],
  severity: graded('low'),
  confidence: 'high',
  why: 'A scope that the scheme does not declare is a typing error or was forgotten: either nobody can call the operation, or the check is not made.',
  mend: 'declare the scope under flows.*.scopes, or correct its name',
  docs: 'Silent for schemes that declare no scopes at all, and for openIdConnect, whose scopes stand elsewhere.',
  bad: [
    `paths: { /orders: { get: { security: [{ oauth: [raed] }], responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { read: '' } } } } } }`,
  ],
  good: [
    `paths: { /orders: { get: { security: [{ oauth: [read] }], responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { read: '' } } } } } }`,
  ],
  *find({ operations }) {
    const missing = new Map<
      string,
      { readonly first: Operation; readonly operations: Operation[]; readonly scheme: string; readonly scope: string }
    >();
    for (const operation of operations)
      for (const { schemes } of operation.security)
        for (const { scheme, scopes } of schemes) {
          if (scheme.type !== 'oauth2') continue;
          const declared = new Set(scheme.flows.flatMap((flow) => Object.keys(flow.scopes)));
          for (const scope of declared.size === 0 ? [] : scopes) {
            if (declared.has(scope)) continue;
            const known = missing.get(`${scheme.name} ${scope}`);
            if (known === undefined)
              missing.set(`${scheme.name} ${scope}`, {
                first: operation,
                operations: [operation],
                scheme: scheme.name,
                scope,
              });
            else known.operations.push(operation);
          }
        }
    for (const { first, operations: touched, scheme, scope } of missing.values())
      yield {
        at: { document: first.location.document, pointer: `${first.location.pointer}/security` },
        message: `${scheme} declares no scope ${scope}, which ${list(
          touched.map(({ operationId }) => operationId),
          3,
        )} ${touched.length === 1 ? 'asks' : 'ask'} for`,
        members: touched.map(({ operationId }) => `${scope} of ${operationId}`),
        operations: touched,
      };
  },
});
