import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'tenant-from-caller',
  title: 'The caller chooses the tenant',
  owasp: ['API1:2023'],
  asvs: ['V8.4.1'],
  severity: graded('medium'),
  confidence: 'medium',
  why: "A tenant that the caller names in a header field or query is somebody else's tenant as soon as one handler forgets to compare it with the credential.",
  mend: 'take the tenant from the credential; where a caller may have several, check that this one is among them',
  bad: [
    `paths: { /orders: { get: { parameters: [{ name: X-Tenant-ID, in: header, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { get: { parameters: [{ name: X-Request-ID, in: header, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const { parameter, name, writtenBy } of fields)
      if (
        (parameter?.in === 'header' || parameter?.in === 'query') &&
        /^x?(?:tenant|mandant|mandator|organi[sz]ation)(?:id|name|key|code)?$/.test(plain(name)) &&
        (parameter.in === 'header' || plain(name).includes('tenant'))
      )
        yield {
          at: parameter.location,
          message: `${name} in the ${parameter.in} chooses the tenant (${named(writtenBy)})`,
          operations: writtenBy,
        };
  },
});
