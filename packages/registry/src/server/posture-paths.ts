import { asvsOf, owaspControls } from '@castellan/assess/threats';
import { postureSchemas } from '../posture/schema.ts';

/** What the registry's document says of posture: paths below `/apis/{api}` and `/posture`. */

const text = (maxLength: number, more: object = {}): object => ({ type: 'string', maxLength, ...more });
const count = { type: 'integer', minimum: 0, maximum: 1_000_000 };
const list = (items: object, maxItems: number): object => ({ type: 'array', items, maxItems });
const orNull = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });
const object = (properties: Readonly<Record<string, object>>): object => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
const id = text(100, { pattern: '^[^\\u0000-\\u001f]{1,100}$' });
const name = text(100);

/** What `GET /standards` answers: which control serves which risk and requirement. */
export const standards = { owasp: owaspControls, asvs: asvsOf };

const json = (description: string, schema: object): object => ({
  description,
  content: { 'application/json': { schema } },
});
const ref = (one: string): object => ({ $ref: `#/components/schemas/${one}` });
const limit = {
  name: 'limit',
  in: 'query',
  schema: { type: 'integer', minimum: 1, maximum: 200, default: 100 },
  description: 'How many at most.',
};
const after = { name: 'after', in: 'query', schema: id, description: '`next` of the page before.' };
const environmentParameter = {
  name: 'environment',
  in: 'query',
  schema: name,
  description: 'Only what is to be done there.',
};

/** @param problems the answers that every operation has */
export function posturePaths(problems: object): Readonly<Record<string, object>> {
  return {
    '/posture': {
      get: {
        operationId: 'listPosture',
        summary: 'The score of every API, as it was computed last.',
        parameters: [limit, after],
        'x-castellan': { page: { limit: 'limit', max: 200 } },
        responses: {
          200: json('A page.', object({ apis: list(ref('PostureLine'), 200), next: orNull(id) })),
          ...problems,
        },
      },
    },
    '/posture/next': {
      get: {
        operationId: 'listNextSteps',
        summary: 'What to do next over all APIs, by what it gives for its effort.',
        parameters: [limit],
        'x-castellan': { page: { limit: 'limit', max: 200 } },
        responses: {
          200: json('The first ones.', object({ steps: list(ref('PostureStep'), 200), all: count })),
          ...problems,
        },
      },
    },
    '/apis/{api}/posture': {
      parameters: [{ name: 'api', in: 'path', required: true, schema: id }],
      get: {
        operationId: 'getPosture',
        summary:
          'What is declared, enforced and proven of an API, where each point of its score went, and what to do next.',
        parameters: [environmentParameter],
        'x-castellan': { resource: { type: 'RegisteredApi', id: 'path.api' } },
        responses: { 200: json('The posture.', ref('Posture')), ...problems },
      },
    },
    '/standards': {
      get: {
        operationId: 'getStandards',
        summary: 'Which control serves which risk of the OWASP API Security Top 10 2023 and requirement of ASVS 5.0.0.',
        responses: { 200: json('The mapping.', ref('Standards')), ...problems },
      },
    },
  };
}

export { postureSchemas };
