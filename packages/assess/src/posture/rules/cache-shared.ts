import { isOpen } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
import { plain } from '@castellan/meaning';
import { named } from '../summary.ts';

export const rule = contractRule({
  id: 'cache-shared',
  title: 'Private answers in shared caches',
  owasp: ['API8:2023'],
  asvs: ['V14.2.2', 'V14.3.2'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'A shared cache keeps the answer to one caller and gives it to the next one.',
  mend: 'send Cache-Control: no-store with personal data, private with what is only for one caller',
  docs: 'Where an operation with security documents `Cache-Control: public` as enum, const, default or example.',
  bad: [
    `security: [{ token: [] }]
paths: { /me: { get: { responses: { '200': { description: ok, headers: { Cache-Control: { schema: { type: string, enum: ['public, max-age=60'] } } } } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  good: [
    `security: [{ token: [] }]
paths: { /me: { get: { responses: { '200': { description: ok, headers: { Cache-Control: { schema: { type: string, enum: [no-store] } } } } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations)
      for (const { headers } of operation.responses)
        for (const header of headers)
          if (
            !isOpen(operation) &&
            plain(header.name) === 'cachecontrol' &&
            /\bpublic\b/.test(JSON.stringify([contract.at(header.location), header.schema?.raw], onlyValues) ?? '')
          )
            yield {
              at: header.location,
              message: `the answer to ${named([operation])} may be kept by shared caches`,
              operations: [operation],
            };
  },
});

/** Descriptions speak about values and are none. */
function onlyValues(name: string, value: unknown): unknown {
  return name === 'description' || name === 'summary' ? undefined : value;
}
