import { controls } from '@castellan/assess/controls';
import { attacks } from './attacks/index.ts';

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const closed = (properties: object, optional: readonly string[] = []): object => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
  properties,
});

/** JSON Schema of `castellan scan --json`: `schemas/scan-output.json` is this. */
export function scanSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:scan-output',
    title: 'What castellan scan --json prints',
    ...closed(
      {
        version: { const: 1 },
        api: closed({ title: text, version: text, digest: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } }),
        target: { type: 'string', description: 'where the paths of the document stand' },
        at: { type: 'string', format: 'date-time' },
        requests: count,
        cut: { type: 'boolean', description: 'whether it ended before everything was tried' },
        silentSince: {
          type: 'string',
          description: 'the call since which nothing was answered any more; absent where it answers',
        },
        answered: {
          type: 'object',
          description: 'honest calls that were answered with success, by identity',
          additionalProperties: count,
        },
        unreached: {
          type: 'array',
          items: text,
          description: 'operationIds of which nothing can be said: no honest call of them was answered with success',
        },
        results: {
          type: 'array',
          items: closed(
            {
              control: { enum: Object.keys(controls) },
              title: text,
              owasp: { type: 'string', pattern: '^API([1-9]|10):2023$' },
              operation: { type: 'string', description: 'operationId; absent for the API as a whole' },
              level: { enum: ['broken', 'proven', 'unclear'] },
              tries: { type: 'integer', minimum: 1 },
              attacks: { type: 'array', minItems: 1, items: { enum: attacks.map(({ name }) => name) } },
              detail: text,
              fix: text,
              curl: { type: 'string', description: 'shows it again; $NAME stands for the credential' },
            },
            ['operation', 'curl'],
          ),
        },
      },
      ['silentSince'],
    ),
  };
}
