import { isFilter } from '../filters.ts';
import { contractRule, graded } from '../rule.ts';
import { isHostInput, isPinned, urlLocation } from '../urls.ts';
import { named } from '../summary.ts';

export const rule = contractRule({
  id: 'host-unrestricted',
  title: 'Callers choose what the service connects to',
  owasp: ['API7:2023'],
  asvs: ['V1.3.6', 'V13.2.4'],
  severity: graded('medium'),
  reads: 'requests',
  confidence: 'low',
  why: 'With a host name of their choice callers scan the internal network and make the service send its credentials to them.',
  mend: 'list the hosts (enum), or check after resolving that the address is public',
  bad: [
    `paths: { /probe: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { host: { type: string } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /probe: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { host: { type: string, enum: [a.example.com] } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields)
      if (isHostInput(field) && !isPinned(field) && !isFilter(contract, field))
        yield {
          at: urlLocation(field),
          message: `${field.name} names a host that the service connects to (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
  },
});
