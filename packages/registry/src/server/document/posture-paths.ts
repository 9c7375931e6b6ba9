import {
  after,
  body,
  count,
  idempotencyKey,
  ifNoneMatch,
  json,
  limit,
  list,
  next,
  notModified,
  object,
  paged,
  pathId,
  problems,
  ref,
  repeatable,
  tagged,
  text,
} from './forms.ts';
import { controlIds } from '@castellan/assess/controls';

const environment = {
  name: 'environment',
  in: 'query',
  schema: text(100),
  description: 'Only what is to be done there.',
};
const read = (operation: object): object => ({ tags: ['read'], ...operation });

/** Evidence, scores and what to do next. */
export const posturePaths = {
  '/posture': {
    get: read({
      operationId: 'listPosture',
      summary: 'The score of every API that the caller may see, as it was computed last.',
      parameters: [limit, after, ifNoneMatch],
      'x-castellan': paged,
      responses: {
        200: tagged('A page.', object({ apis: list(ref('PostureLine'), 200), next })),
        304: notModified,
        ...problems,
      },
    }),
  },
  '/posture/next': {
    get: read({
      operationId: 'listNextSteps',
      summary: 'What to do next over all APIs that the caller may see, by what it gives for its effort.',
      parameters: [limit, ifNoneMatch],
      'x-castellan': paged,
      responses: {
        200: tagged('The first ones.', object({ steps: list(ref('PostureStep'), 200), all: count })),
        304: notModified,
        ...problems,
      },
    }),
  },
  '/apis/{api}/posture': {
    parameters: [pathId('api')],
    get: read({
      operationId: 'getPosture',
      summary:
        'What is declared, enforced and proven of an API, where each point of its score went, and what to do next.',
      parameters: [environment, ifNoneMatch],
      'x-castellan': { resource: { type: 'RegisteredApi', id: 'path.api' }, existence: 'secret' },
      responses: { 200: tagged('The posture.', ref('Posture')), 304: notModified, ...problems },
    }),
  },
  '/standards': {
    get: read({
      operationId: 'getStandards',
      summary: 'Which control serves which risk of the OWASP API Security Top 10 2023 and requirement of ASVS 5.0.0.',
      parameters: [ifNoneMatch],
      responses: { 200: tagged('The mapping.', ref('Standards')), 304: notModified, ...problems },
    }),
  },
  '/evidence': {
    post: {
      operationId: 'importEvidence',
      summary: 'Adds what tests and scans proved or broke (schemas/evidence.json), and what people looked at.',
      tags: ['import'],
      parameters: [idempotencyKey],
      requestBody: body(
        object({
          source: text(2_000, { minLength: 1 }),
          records: list(
            object(
              {
                api: text(300, { minLength: 1 }),
                environment: text(100, { minLength: 1 }),
                operation: text(300, { minLength: 1 }),
                control: { enum: controlIds },
                level: { enum: ['enforced', 'proven', 'broken'] },
                mode: { enum: ['enforce', 'observe', 'off'] },
                at: text(40, { format: 'date-time' }),
                source: text(300, { minLength: 1 }),
                digest: text(80, { pattern: '^sha256:[0-9a-f]{64}$' }),
                detail: text(2_000),
              },
              ['environment', 'operation', 'mode', 'digest', 'detail'],
            ),
            1_000,
          ),
        }),
      ),
      responses: {
        200: json(
          'What became of them.',
          object({ source: text(2_100), proofs: count, older: count, claims: count, unknown: list(text(1_000), 20) }),
        ),
        ...repeatable,
      },
    },
  },
};
