import { givesRightsToPerson, isAdmin, isAdministrative, namesOf } from '@castellan/meaning';
import { asksForNothing, isOpen, isUnsafe } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import type { Operation } from '@castellan/contract';

export const rule = contractRule({
  id: 'admin-unprivileged',
  title: "Administration with everybody's credential",
  owasp: ['API5:2023'],
  asvs: ['V8.2.1', 'V8.4.2'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'An ordinary caller who guesses the path does what only administrators may.',
  mend: 'ask for a scope or scheme of its own on administrative operations, and write a policy that names the group',
  docs: "Where operations under an administrators' path, or that give somebody rights (`PUT /users/{id}/role`), ask for exactly what some ordinary operation asks for, or for nothing. One finding for each path under which they stand.",
  bad: [
    `security: [{ token: [] }]
paths: { /orders: { get: { responses: {} } }, '/users/{id}/role': { put: { responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
    `security: [{ oauth: [use] }]
paths: { /orders: { get: { responses: {} } }, /admin/users: { delete: { responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { use: '', admin: '' } } } } } }`,
    `security: [{ token: [] }]
paths: { /orders: { get: { responses: {} } }, /v1/admin/users: { get: { responses: {} } }, '/v1/admin/users/{id}': { delete: { responses: {} } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ oauth: [use] }]
paths: { /orders: { get: { responses: {} } }, /admin/users: { delete: { security: [{ oauth: [admin] }], responses: {} } } }
components: { securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.example.com, scopes: { use: '', admin: '' } } } } } }`,
  ],
  *find({ operations }) {
    const ordinary = new Set(operations.filter((operation) => !isForAdministrators(operation)).map(requirements));
    // Where all is administration, the whole API is for administrators.
    if (ordinary.size === 0) return;
    const under = new Map<string, Operation[]>();
    for (const operation of operations) {
      // authentication-missing says so, as gravely.
      if (operation.securityFrom !== 'operation' && asksForNothing(operation) && isUnsafe(operation)) continue;
      if (!isForAdministrators(operation) || !(isOpen(operation) || ordinary.has(requirements(operation)))) continue;
      const key = `${isOpen(operation) ? 'nothing' : 'no more than ordinary operations do'} ${areaOf(operation)}`;
      const known = under.get(key);
      if (known === undefined) under.set(key, [operation]);
      else known.push(operation);
    }
    for (const [key, group] of under) {
      const [first] = group;
      if (first === undefined) continue;
      const asked = isOpen(first) ? 'nothing' : 'no more than ordinary operations do';
      yield {
        at: first.location,
        cause: key,
        message:
          group.length === 1
            ? `${named(group)} asks for ${asked}`
            : `${group.length} operations under ${areaOf(first)} ask for ${asked}: ${named(group)}`,
        members: group.map(({ operationId }) => operationId),
        operations: group,
      };
    }
  },
});

/** The path down to the word that says for whom it is; down to the rights where the operation gives them to one person. */
function areaOf({ path }: Operation): string {
  const segments = path.split('/');
  const at = segments.findIndex((segment) => isAdministrative(segment));
  return at === -1 ? path.replace(/\/\{[^{}]*\}\/?$/, '') : segments.slice(0, at + 1).join('/');
}

function isForAdministrators(operation: Operation): boolean {
  return isAdmin(operation) || givesRightsToPerson(namesOf(operation));
}

function requirements(operation: Operation): string {
  return JSON.stringify(
    operation.security.map(({ schemes }) => schemes.map(({ scheme, scopes }) => [scheme.name, ...scopes])),
  );
}
