import { isFilter } from '../filters.ts';
import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'privilege-parameter',
  title: 'Callers switch on privileges',
  owasp: ['API5:2023'],
  asvs: ['V8.3.1'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'A query parameter such as admin=true decides what the credential should decide.',
  mend: "remove the parameter; let a policy decide by the caller's groups",
  docs: 'For query parameters called admin, isAdmin, sudo, superuser, bypass, skipAuth and the like. What narrows a list by a property of what it lists is left alone.',
  bad: [
    `paths: { /orders: { get: { parameters: [{ name: isAdmin, in: query, schema: { type: boolean } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /members: { get: { parameters: [{ name: role, in: query, schema: { type: string } }], responses: {} } } }`,
    `paths: { /members: { get: { parameters: [{ name: is_superuser, in: query, schema: { type: boolean } }], responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { type: object, properties: { is_superuser: { type: boolean } } } } } } } } } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields)
      if (
        field.parameter?.in === 'query' &&
        !isFilter(contract, field) &&
        /^(?:is|as)?(?:admin|superuser|root|sudo)$|^(?:bypass|skip|ignore|disable)(?:auth|authentication|authorization|security|permissions?|accesscheck|checks|validation)$|^(?:noauth|override(?:auth|permissions?)|elevated)$/.test(
          plain(field.name),
        )
      )
        yield {
          at: field.location,
          message: `${field.name} in the query changes what the caller may do (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
  },
});
