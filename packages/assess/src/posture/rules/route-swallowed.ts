import type { Parameter } from '@castellan/contract';
import { contractRule } from '../rule.ts';

export const rule = contractRule({
  id: 'route-swallowed',
  title: 'Path parameter that takes any word',
  owasp: ['API9:2023', 'API5:2023'],
  asvs: ['V2.2.1'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  confidence: 'medium',
  why: 'A route that the document does not name (`POST /jobs/purge`) passes as one that it names (`POST /jobs/{name}`), with the credential that this one asks for.',
  mend: 'bound the parameter: a format (uuid), a pattern or an enum that no other route matches',
  docs: 'For POST whose path ends in a text without format, pattern, enum or shortest length beyond a word: beside objects that are named by their caller, routes for actions stand. Where the document names such a route beside it (`/jobs/purge`), that one is matched first; others may still be forgotten.',
  bad: [
    `paths: { '/jobs/{name}': { post: { parameters: [{ name: name, in: path, required: true, schema: { type: string } }], responses: {} } } }`,
    `paths: { '/auftraege/{name}': { post: { parameters: [{ name: name, in: path, required: true, schema: {} }], responses: {} } } }`,
  ],
  good: [
    `paths: { '/jobs/{name}': { post: { parameters: [{ name: name, in: path, required: true, schema: { type: string, pattern: '^job-[0-9]+$' } }], responses: {} } } }`,
    `paths: { '/jobs/{id}': { post: { parameters: [{ name: id, in: path, required: true, schema: { type: integer } }], responses: {} } } }`,
    `paths: { '/jobs/{name}': { get: { parameters: [{ name: name, in: path, required: true, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ operations }) {
    for (const operation of operations) {
      if (operation.method !== 'POST') continue;
      const name = /\/\{([^{}]+)\}\/?$/.exec(operation.path)?.[1];
      const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === name);
      if (parameter !== undefined && takesAnyWord(parameter))
        yield {
          at: parameter.location,
          message: `{${parameter.name}} of POST ${operation.path} takes any word, also one that names another route`,
          operations: [operation],
        };
    }
  },
});

function takesAnyWord({ schema, content }: Parameter): boolean {
  if (content !== undefined) return false;
  const raw = schema?.raw;
  if (raw === undefined || raw === true) return true;
  if (typeof raw !== 'object' || (raw['type'] !== undefined && raw['type'] !== 'string')) return false;
  return !['pattern', 'format', 'enum', 'const', 'minLength', '$ref', 'allOf', 'anyOf', 'oneOf'].some(
    (key) => key in raw,
  );
}
