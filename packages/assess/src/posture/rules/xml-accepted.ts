import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'xml-accepted',
  title: 'XML from callers',
  owasp: ['API8:2023', 'API4:2023'],
  asvs: ['V1.5.1'],
  severity: graded('low'),
  confidence: 'low',
  why: 'XML parsers in their default configuration read files and fetch URLs that the document names, and unfold a few bytes to gigabytes.',
  mend: 'take JSON only; where XML is needed, turn off document type definitions and external entities',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/xml: { schema: { type: object } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object } } } }, responses: {} } } }`,
  ],
  *find({ operations }) {
    for (const operation of operations)
      for (const media of operation.body?.content ?? [])
        if (/^(?:application|text)\/(?:xml|soap\+xml)\b/.test(media.type))
          yield {
            at: media.location,
            message: `${operation.method} ${operation.path} takes XML`,
            operations: [operation],
          };
  },
});
