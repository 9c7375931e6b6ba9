import { contractRule, graded } from '../rule.ts';
import { isFetched, restrictionOf } from '../urls.ts';
import { successes } from '../bodies.ts';

export const rule = contractRule({
  id: 'fetched-content-passed-on',
  title: 'What was fetched is passed on',
  owasp: ['API7:2023', 'API10:2023'],
  asvs: ['V1.3.6', 'V3.2.1'],
  severity: graded('high'),
  reads: 'requests',
  confidence: 'medium',
  why: 'An operation that fetches a URL and answers with what it got turns blind forgery into reading: metadata, files and admin pages come back to the caller.',
  mend: 'answer with what was made of it (a described JSON object, an image that was decoded and encoded again), never with the raw response',
  docs: 'For operations with a fetched URL whose answer is any media type, HTML, plain text or bytes.',
  bad: [
    `paths: { /preview: { get: { parameters: [{ name: url, in: query, schema: { type: string } }], responses: { '200': { description: ok, content: { '*/*': {} } } } } } }`,
  ],
  good: [
    `paths: { /preview: { get: { parameters: [{ name: url, in: query, schema: { type: string } }], responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { title: { type: string } } } } } } } } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      if (!isFetched(field) || restrictionOf(field)?.hosts !== undefined) continue;
      const operations = field.writtenBy.filter((operation) =>
        successes(operation).some(({ content }) =>
          content.some(({ type }) => /^(?:\*\/\*|text\/(?:html|plain)|application\/octet-stream)/.test(type)),
        ),
      );
      for (const operation of operations)
        yield {
          at: operation.location,
          message: `${operation.method} ${operation.path} answers with what ${field.name} leads to`,
          operations: [operation],
        };
    }
  },
});
