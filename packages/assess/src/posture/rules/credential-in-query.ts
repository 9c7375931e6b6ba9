import { contractRule, graded } from '../rule.ts';
import { isCredentialName, using } from '../schemes.ts';
import { mayBeText } from '../text-value.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'credential-in-query',
  title: 'Credential in the URL',
  owasp: ['API2:2023'],
  asvs: ['V14.2.1'],
  severity: graded('high'),
  confidence: 'high',
  why: 'URLs are kept in access logs, browser histories, Referer fields and traces: a credential in one is soon known to many.',
  mend: 'take it in the Authorization header field or another one',
  bad: [
    `security: [{ key: [] }]
paths: { /orders: { get: { responses: {} } } }
components: { securitySchemes: { key: { type: apiKey, in: query, name: key } } }`,
    `paths: { /orders: { get: { parameters: [{ name: access_token, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `security: [{ key: [] }]
paths: { /orders: { get: { parameters: [{ name: page_token, in: query, schema: { type: string } }], responses: {} } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }`,
  ],
  *find(api) {
    for (const { scheme, operations } of using(api))
      if (scheme.type === 'apiKey' && scheme.in === 'query')
        yield {
          at: scheme.location,
          message: `${scheme.name} is taken from the query parameter ${scheme.key}`,
          operations,
        };
    for (const field of api.fields)
      if (
        field.parameter?.in === 'query' &&
        isCredentialName(plain(field.name)) &&
        mayBeText(field) &&
        !/\b(?:filter|search|whether)\b/i.test(field.parameter.description ?? '')
      )
        yield {
          at: field.location,
          message: `the query parameter ${field.name} is a credential (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
  },
});
