import { contractRule, graded } from '../rule.ts';
import { isCredentialName } from '../schemes.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'credential-in-path',
  title: 'Credential in the path',
  owasp: ['API2:2023'],
  asvs: ['V14.2.1'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Paths are kept in access logs, histories and traces: a token in one can be used by whoever reads them.',
  mend: 'take it in a body or header field; a link that people click may hold a token that works once and for minutes',
  bad: [
    `paths: { '/sessions/{sessionToken}': { get: { parameters: [{ name: sessionToken, in: path, required: true, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { '/sessions/{id}': { get: { parameters: [{ name: id, in: path, required: true, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const { parameter, name, writtenBy, location } of fields)
      if (
        parameter?.in === 'path' &&
        !/\b(?:slug|identifier|id|name|uuid)\b/i.test(parameter.description ?? '') &&
        ((isCredentialName(plain(name)) && plain(name) !== 'sessionid') ||
          /(?:access|session|auth|reset|api|refresh)token$/.test(plain(name)))
      )
        yield {
          at: location,
          message: `the path holds the credential ${name} (${named(writtenBy)})`,
          operations: writtenBy,
        };
  },
});
