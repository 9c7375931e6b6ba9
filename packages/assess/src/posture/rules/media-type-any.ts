import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'media-type-any',
  title: 'Bodies of any media type',
  owasp: ['API8:2023'],
  asvs: ['V2.2.1', 'V4.1.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'Callers choose the parser: XML with entities, YAML with tags or a form reach code that was written for JSON.',
  mend: 'name the media types that are meant',
  docs: 'For `*/*` and `application/*` as the media type of a request body, and for uploads none.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { '*/*': { schema: { type: object } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object } } } }, responses: {} } } }`,
  ],
  *find({ operations }) {
    for (const operation of operations)
      for (const media of operation.body?.content ?? []) {
        const raw = media.schema?.raw;
        const bytes = typeof raw === 'object' && (raw['format'] === 'binary' || raw['type'] === 'string');
        if (/^(?:\*|application)\/\*/.test(media.type) && !bytes)
          yield {
            at: media.location,
            message: `${operation.method} ${operation.path} takes any media type`,
            operations: [operation],
          };
      }
  },
});
