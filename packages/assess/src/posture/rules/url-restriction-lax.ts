import { contractRule, graded } from '../rule.ts';
import { restrictionOf } from '../urls.ts';

export const rule = contractRule({
  id: 'url-restriction-lax',
  title: 'URL restriction that allows internal addresses',
  owasp: ['API7:2023'],
  asvs: ['V1.3.6', 'V12.3.1'],
  severity: graded('high'),
  confidence: 'high',
  why: 'The document restricts the URL and then allows private addresses, plain http or schemes that read files.',
  mend: 'write schemes: [https] and private: deny; name the hosts where an inside one is meant',
  docs: 'Private addresses are fine where `hosts` names them.',
  bad: [
    `paths: { /webhooks: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { url: { type: string, x-castellan: { url: { schemes: [http, https], private: allow } } } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /webhooks: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { url: { type: string, x-castellan: { url: { schemes: [https], private: deny } } } } } } } }, responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      const url = restrictionOf(field);
      if (url === undefined || field.writtenBy.length === 0) continue;
      const scheme = url.schemes.find((one) => one !== 'https' && one !== 'wss');
      const inside = url.private === 'allow' && (url.hosts === undefined || url.hosts.length === 0);
      if (inside || scheme !== undefined)
        yield {
          at: field.location,
          message: `${field.name} may lead ${inside ? 'to private addresses' : `over ${scheme}`}`,
          operations: field.writtenBy,
          ...(inside ? {} : ({ severity: 'medium' } as const)),
        };
    }
  },
});
