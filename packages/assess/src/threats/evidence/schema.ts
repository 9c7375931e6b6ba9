import { controlIds } from '../controls.ts';

/** JSON Schema of an evidence file: `schemas/evidence.json` is this. */
export const evidenceSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:castellan:schema:evidence',
  title: 'Evidence',
  description:
    'What was seen of controls at work: per API, environment, operation and control, with time and source. Guards write what they enforce, scans what they proved or broke.',
  type: 'object',
  additionalProperties: false,
  required: ['version', 'records'],
  properties: {
    $schema: { type: 'string' },
    version: { const: 1 },
    records: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['api', 'control', 'level', 'at', 'source'],
        properties: {
          api: {
            type: 'string',
            minLength: 1,
            description: 'The name in castellan.yaml, or the title of the document.',
          },
          environment: {
            type: 'string',
            minLength: 1,
            description: 'Where it was seen; * (or nothing) counts everywhere.',
          },
          operation: {
            type: 'string',
            minLength: 1,
            description: 'operationId; * (or nothing) counts for all operations.',
          },
          control: { enum: controlIds, description: 'The control.' },
          level: {
            enum: ['enforced', 'proven', 'broken'],
            description:
              'enforced: a running guard does it. proven: an attack was tried and failed. broken: an attack was tried and succeeded.',
          },
          mode: {
            enum: ['enforce', 'observe', 'off'],
            description: 'Of the guard. Only enforce counts as enforced; enforce where not said.',
          },
          at: { type: 'string', format: 'date-time', description: 'When it was seen (RFC 3339).' },
          source: {
            type: 'string',
            minLength: 1,
            description: 'Who saw it: castellan-guard 0.1.0, castellan scan, a person.',
          },
          digest: {
            type: 'string',
            pattern: '^sha256:[0-9a-f]{64}$',
            description: 'Of the contract that it was seen with. Evidence for another contract does not count.',
          },
          detail: { type: 'string', description: 'For people.' },
        },
      },
    },
  },
};
