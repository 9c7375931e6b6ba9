import { isFilter } from '../filters.ts';
import { contractRule, graded } from '../rule.ts';
import { isFetched, isPinned, restrictionOf, urlLocation } from '../urls.ts';
import { named } from '../summary.ts';
import { updating } from '../patch.ts';

export const rule = contractRule({
  id: 'url-unrestricted',
  title: 'The service fetches any URL',
  owasp: ['API7:2023'],
  asvs: ['V1.3.6', 'V13.2.4'],
  severity: graded('high'),
  reads: 'requests',
  confidence: 'medium',
  why: 'The service then reaches for the caller what only it can reach: cloud metadata with its credentials, databases, admin pages behind the firewall.',
  mend: 'restrict it: x-castellan: { url: { schemes: [https], private: deny } }, and hosts where they are known',
  docs: 'For URLs that by their name, path or description are called or fetched: webhooks, callbacks, imports, feeds, previews. A homepage that is only stored and shown is not one.',
  bad: [
    `paths: { /webhooks: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { url: { type: string, format: uri } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /webhooks: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { url: { type: string, format: uri, x-castellan: { url: { schemes: [https], private: deny } } } } } } } }, responses: {} } }, /users: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { homepage: { type: string, format: uri } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, fields }) {
    for (const field of fields) {
      if (!isFetched(field) || isFilter(contract, field) || restrictionOf(field) !== undefined || isPinned(field))
        continue;
      yield {
        at: urlLocation(field),
        message: `${field.name} may lead anywhere, also inside (${named(field.writtenBy)})`,
        operations: field.writtenBy,
        mend: updating(
          contract,
          'allow only https to public addresses',
          [{ at: urlLocation(field), update: { 'x-castellan': { url: { schemes: ['https'], private: 'deny' } } } }],
          false,
        ),
      };
    }
  },
});
