import { decisionOf, isAdmin, isLogin, plain, segmentsOf, takesArguments } from '@castellan/meaning';
import { updating } from '../patch.ts';
import type { Operation } from '@castellan/contract';
import type { Field } from '../fields.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'privilege-writable',
  title: 'Callers write their own privileges',
  owasp: ['API3:2023'],
  asvs: ['V15.3.3', 'V8.2.3'],
  severity: graded('high'),
  reads: 'requests',
  confidence: 'medium',
  why: 'A role or flag that can be sent together with a profile makes its sender an administrator, unless the handler drops it.',
  mend: 'mark the property readOnly, or say who may write it: x-castellan: { write: [admins] }',
  docs: "Only in the body of users, accounts and profiles. Silent under administrators' paths, where `x-castellan.write` says who may, and for operations whose purpose is to give roles (memberships, collaborators, teams, invitations; `/projects/{id}/users` where nothing else is sent).",
  bad: [
    `paths:
  /users/me:
    patch:
      requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string }, role: { type: string } } } } } }
      responses: {}`,
  ],
  good: [
    `paths:
  /users/me:
    patch:
      requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string }, role: { type: string, readOnly: true } } } } } }
      responses: {}
  /teams/{id}/members:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { role: { type: string } } } } } }
      responses: {}
  /projects/{id}/users/{userId}:
    patch:
      requestBody: { content: { application/json: { schema: { type: object, properties: { role: { type: string } } } } } }
      responses: {}`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      if (field.kind !== 'property' || field.writtenBy.length === 0 || !givesPrivilege(field.name)) continue;
      if (writeRule(field.node.raw) || writeRule(field.target.raw)) continue;
      const operations = field.writtenBy.filter((operation) => {
        const segments = segmentsOf(operation.path);
        const about = segments.at(-1) ?? '';
        return (
          !isAdmin(operation) &&
          !isLogin(operation) &&
          // What describes users, not one of them.
          !/^(?:schemas?|meta|types?|definitions?|fields|templates?)$/i.test(segments.at(-2) ?? '') &&
          !takesArguments(operation) &&
          /^(?:users?|accounts?|profiles?|me|self|customers?|people|persons?|employees?|register|registration|signup|benutzer|utilisateurs?|usuarios?|utenti)$/.test(
            plain(about),
          ) &&
          !/members?$/i.test(about) &&
          !(isBelowAnother(operation) && givesOnlyRights(field))
        );
      });
      if (operations.length === 0) continue;
      yield {
        at: field.location,
        message: `${field.name} can be sent with ${operations
          .map(({ method, path }) => `${method} ${path}`)
          .slice(0, 2)
          .join(', ')}`,
        operations,
        mend: updating(
          contract,
          'say who may write it',
          [{ at: field.location, update: { 'x-castellan': { write: ['admins'] } } }],
          false,
        ),
      };
    }
  },
});

/** `/projects/{id}/users`: what somebody is in something else. */
function isBelowAnother({ path }: Operation): boolean {
  const segments = path.replace(/\/\{[^{}]*\}\/?$/, '').split('/');
  return segments.slice(0, -1).some((segment) => segment.includes('{'));
}

/** Nothing but the right and whose it is: the operation is there to give it. */
function givesOnlyRights({ owner }: Field): boolean {
  return (
    owner !== undefined &&
    owner.fields.every(
      ({ name }) => decisionOf(name) === 'role' || /id$|^(?:user|users|member|expiresat|expires)$/.test(plain(name)),
    )
  );
}

function writeRule(raw: Readonly<Record<string, unknown>>): boolean {
  const extension = raw['x-castellan'];
  return typeof extension === 'object' && extension !== null && 'write' in extension;
}

/** What makes its sender somebody else; permissions and scopes are also what a document is shared with. */
function givesPrivilege(name: string): boolean {
  return (
    plain(name) === 'owner' ||
    (decisionOf(name) === 'role' && !/^(?:permissions?|scopes|grants|rechte|droits)$/.test(plain(name)))
  );
}
