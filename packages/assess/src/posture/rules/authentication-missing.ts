import { asksForNothing, isUnsafe } from '../api.ts';
import { rootOf } from '../patch.ts';
import { isBeforeLogin, isHealth, isInboundWebhook, plain } from '@castellan/meaning';
import { contractRule, graded } from '../rule.ts';
import { count, counted, list } from '../summary.ts';
import { isCredentialName } from '../schemes.ts';
import type { Operation } from '@castellan/contract';

export const rule = contractRule({
  id: 'authentication-missing',
  title: 'No authentication declared',
  owasp: ['API2:2023'],
  asvs: ['V6.1.3', 'V8.2.1'],
  severity: graded('high'),
  weighed: true,
  confidence: 'high',
  why: 'Anyone on the network may call what asks for no credential, and tools that enforce the document will let them.',
  mend: 'declare a security scheme and require it: security: [{ name: [] }] at the root, with security: [] on what is meant to be public',
  docs: 'Only where the operation has no `security` of its own: `security: []` says that an operation is meant to be public (see authentication-undone). Where the whole document has no security, that is one finding. What takes a credential as a required parameter, undeclared, is one finding of its own. Health checks, login, registration and key sets are left out.',
  bad: [
    `paths: { /orders: { post: { responses: {} } } }`,
    `security: []
paths: { /orders: { post: { responses: {} } } }`,
    `security: [{}]
paths: { /orders: { post: { responses: {} } } }`,
    `paths: { /orders: { get: { parameters: [{ name: X-Api-Key, in: header, required: true, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /orders: { post: { responses: {} } }, /health: { get: { security: [], responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
    `paths: { /health: { get: { responses: {} } }, /login: { post: { responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    let missing = operations.filter(
      (operation) =>
        operation.securityFrom !== 'operation' &&
        asksForNothing(operation) &&
        !isHealth(operation) &&
        !isBeforeLogin(operation) &&
        !isInboundWebhook(operation) &&
        operation.method !== 'OPTIONS',
    );
    if (missing.length === 0) return;
    const undeclared = missing.filter((operation) => credentialOf(operation) !== undefined);
    if (undeclared.length > 0) {
      const names = [...new Set(undeclared.flatMap((operation) => credentialOf(operation) ?? []))];
      yield {
        at: rootOf(contract),
        cause: 'undeclared',
        severity: 'medium',
        message: `${counted(undeclared.length, 'operation', 'takes', 'take')} a credential as a parameter (${list(names, 3)}), and no security scheme says so: no guard, gateway or client asks for it`,
        operations: undeclared,
        mend: { text: 'declare it under components.securitySchemes (type: apiKey) and ask for it under security' },
      };
      missing = missing.filter((operation) => !undeclared.includes(operation));
      if (missing.length === 0) return;
    }
    const writes = missing.filter(isUnsafe).length;
    const said = `${count(missing.length, 'operation')} (${count(writes, 'write')} among them)`;
    if (operations.every(asksForNothing)) {
      yield {
        at: rootOf(contract),
        message: `no operation asks for a credential: anyone may call ${said}${contract.securitySchemes.size > 0 ? ', though security schemes are defined' : ''}`,
        operations: missing,
      };
      return;
    }
    for (const operation of missing)
      yield {
        at: operation.location,
        message: `${operation.method} ${operation.path} has no security, while others have`,
        operations: [operation],
      };
  },
});

/** The parameter in which an operation takes what should be declared as a security scheme. */
function credentialOf({ parameters }: Operation): string | undefined {
  return parameters.find(
    ({ in: where, name, required }) =>
      required &&
      (where === 'query' || where === 'header' || where === 'cookie') &&
      (isCredentialName(plain(name)) || /^(?:x?(?:auth|access|api)token|authorization)$/.test(plain(name))),
  )?.name;
}
