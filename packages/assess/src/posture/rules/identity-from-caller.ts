import { isOpen } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

const IDENTITY =
  /^(?:x)?(?:(?:authenticated|current|forwarded|remote|effective|real|on behalf of)?(?:user|customer|principal|subject|caller|employee|member|person)(?:id|name|email|role|roles|groups)?|userroles?|roles?|groups|scopes|permissions|isadmin|admin|impersonate(?:user)?|actas|onbehalfof|sudo)$/;

export const rule = contractRule({
  id: 'identity-from-caller',
  title: 'The caller says who they are',
  owasp: ['API1:2023', 'API5:2023'],
  asvs: ['V4.1.3', 'V8.3.1'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'A header field that names the user, a role or a group is written by the caller: whoever sets it becomes that user.',
  mend: 'take the identity from the verified credential (its subject and claims), and drop the field at the edge',
  docs: 'Silent for tenants and organisations, of which one user may have several.',
  bad: [
    `paths:
  /orders:
    get: { parameters: [{ name: X-User-Id, in: header, schema: { type: string } }], responses: {} }`,
  ],
  good: [
    `paths:
  /orders:
    get: { parameters: [{ name: X-Request-Id, in: header, schema: { type: string } }, { name: User-Agent, in: header, schema: { type: string } }], responses: {} }`,
  ],
  *find({ fields }) {
    for (const { parameter, name, writtenBy } of fields)
      if (parameter?.in === 'header' && IDENTITY.test(plain(name)))
        yield {
          at: parameter.location,
          message: `the header field ${name} says who the caller is${writtenBy.every(isOpen) ? ', and nothing else does' : ''} (${named(writtenBy)})`,
          operations: writtenBy,
        };
  },
});
