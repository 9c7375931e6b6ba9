import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';

export const rule = contractRule({
  id: 'json-patch-unrestricted',
  title: 'JSON Patch reaches every property',
  owasp: ['API3:2023'],
  asvs: ['V15.3.3'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'A JSON Patch names the properties that it changes by path, so readOnly and property rules in schemas do not apply to it.',
  mend: 'list the paths that may be changed (an enum for path), or take application/merge-patch+json with a schema',
  docs: 'Silent where the `path` of the patch schema has an enum or a pattern, and for metadata, whose keys are free.',
  bad: [
    `paths: { '/users/{id}': { patch: { requestBody: { content: { application/json-patch+json: { schema: { type: array, items: { type: object, properties: { op: { type: string }, path: { type: string } } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { '/users/{id}': { patch: { requestBody: { content: { application/json-patch+json: { schema: { type: array, items: { type: object, properties: { op: { type: string }, path: { type: string, enum: [/name, /bio] } } } } } } }, responses: {} } } }`,
  ],
  *find({ operations, fields }) {
    const restricted = new Set(
      fields
        .filter(
          ({ name, target }) =>
            name === 'path' && (target.raw['enum'] !== undefined || target.raw['pattern'] !== undefined),
        )
        .flatMap(({ writtenBy }) => writtenBy),
    );
    for (const operation of operations)
      for (const media of operation.body?.content ?? [])
        if (
          media.type.startsWith('application/json-patch+json') &&
          !restricted.has(operation) &&
          !/metadata/i.test(operation.path)
        )
          yield {
            at: media.location,
            message: `any path may be patched (${named([operation])})`,
            operations: [operation],
          };
  },
});
