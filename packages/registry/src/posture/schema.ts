import { controlIds, controlStates } from '@castellan/assess/controls';
import { mostListed } from '../inventory/most-listed.ts';

/** JSON Schema of posture: of what the registry answers, and of what `castellan inventory posture --json` prints. */

type Json = Readonly<Record<string, unknown>>;
const text = (maxLength: number, more: object = {}): object => ({ type: 'string', maxLength, ...more });
const points = { type: 'number', minimum: 0, maximum: 100 };
const count = { type: 'integer', minimum: 0, maximum: 1_000_000 };
const moment = text(40, { format: 'date-time' });
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
const operation = text(300);
const control = { enum: controlIds };
const state = { enum: controlStates };
const lifecycleState = { enum: ['draft', 'published', 'deprecated', 'retired'] };
const states = object(Object.fromEntries(controlStates.map((one) => [one, count])));
const seen = { at: moment, source: text(2_000) };
const profile = { enum: ['toy', 'internal', 'standard', 'bank', ''] };
const step = object({
  id: text(100),
  title: text(300),
  effort: { enum: ['minutes', 'hours', 'days'] },
  points,
  operations: list(operation, 20_000),
  remediation: text(2_000),
  api: id,
  environment: name,
});
const exception = object({
  policy: text(200),
  api: id,
  owner: text(200),
  reason: text(2_000),
  until: text(10, { format: 'date' }),
}) as Json;
const violation = object({
  policy: text(200),
  api: id,
  environment: name,
  operation,
  control,
  state,
  level: { enum: ['declared', 'enforced', 'proven'] },
  why: text(2_000),
  exception: orNull({
    ...exception,
    properties: { ...(exception['properties'] as object), operations: list(operation, 20_000) },
  }),
});
const environment = object({
  environment: name,
  production: { type: 'boolean' },
  score: points,
  earlier: orNull(points),
  states,
  lost: list(
    object({
      control,
      points,
      cells: list(object({ operation, state, points, why: text(2_000) }), 20_001),
    }),
    controlIds.length,
  ),
  guards: list(
    object({ name: text(200), lastSeen: moment, current: { type: 'boolean' }, says: { type: 'boolean' } }),
    mostListed.guards,
  ),
  evidence: list(
    object({
      operation,
      control,
      asked: { type: 'boolean' },
      state,
      risk: { type: 'number', minimum: 0, maximum: 25 },
      why: text(2_000),
      declared: orNull(object(seen)),
      enforced: orNull(object(seen)),
      proven: orNull(object({ ...seen, holds: { type: 'boolean' }, stale: { type: 'boolean' } })),
    }),
    500_000,
  ),
});

/** Schemas of posture by name. */
export const postureSchemas: Readonly<Record<string, object>> = {
  PostureLine: object({
    api: id,
    title: text(300),
    owner: orNull(text(200)),
    state: lifecycleState,
    profile,
    environment: name,
    score: orNull(points),
    earlier: orNull(points),
    states: { type: 'object', maxProperties: 5, additionalProperties: count },
    unmet: list(text(200), 1_000),
    at: orNull(moment),
  }),
  PostureStep: step,
  Posture: object({
    at: moment,
    api: id,
    title: text(300),
    owner: orNull(text(200)),
    state: lifecycleState,
    version: text(100),
    profile,
    contract: orNull(text(80)),
    environments: list(environment, mostListed.environments),
    policies: list(text(200), 1_000),
    violations: list(violation, 100_000),
    history: list(
      object({
        environment: name,
        day: text(10, { format: 'date' }),
        score: points,
        lost: list(object({ control: text(100), points }), controlIds.length),
      }),
      100_000,
    ),
    next: list({ $ref: '#/components/schemas/PostureStep' }, 10_000),
  }),
  Standards: object({
    owasp: { type: 'object', maxProperties: 20, additionalProperties: list(control, controlIds.length) },
    asvs: { type: 'object', maxProperties: 100, additionalProperties: list(text(12), 20) },
  }),
};

/** The JSON Schema of what `castellan inventory posture` and `next` print: `schemas/posture-output.json` is this. */
export function postureOutputSchema(): Readonly<Record<string, unknown>> {
  const { PostureLine, PostureStep, Posture } = postureSchemas;
  const written = JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:posture-output',
    title: 'castellan inventory posture|next --json',
    description: 'What posture and next print. Members may be added in later versions; none changes its meaning.',
    oneOf: [{ $ref: '#/$defs/posture' }, { $ref: '#/$defs/overview' }, { $ref: '#/$defs/next' }],
    $defs: {
      PostureStep,
      posture: Posture,
      overview: object({
        apis: list(PostureLine ?? {}, 10_000),
        next: orNull(id),
        policies: list(object({ name: text(200), apis: count }), 1_000),
        violations: list(violation, 1_000_000),
        notices: list(text(2_000), 100_000),
      }),
      next: object({ steps: list({ $ref: '#/components/schemas/PostureStep' }, 10_000), all: count }),
    },
  });
  return JSON.parse(written.replaceAll('#/components/schemas/', '#/$defs/')) as Readonly<Record<string, unknown>>;
}
