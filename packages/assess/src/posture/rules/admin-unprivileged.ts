import { givesRightsToPerson, isAdmin, namesOf } from '@castellan/meaning';
import { isOpen } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
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
    for (const operation of operations)
      if (isForAdministrators(operation) && (isOpen(operation) || ordinary.has(requirements(operation))))
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} asks for ${isOpen(operation) ? 'nothing' : 'no more than ordinary operations do'}`,
          operations: [operation],
        };
  },
});

function isForAdministrators(operation: Operation): boolean {
  return isAdmin(operation) || givesRightsToPerson(namesOf(operation));
}

function requirements(operation: Operation): string {
  return JSON.stringify(
    operation.security.map(({ schemes }) => schemes.map(({ scheme, scopes }) => [scheme.name, ...scopes])),
  );
}
