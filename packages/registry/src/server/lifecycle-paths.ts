import { conditions, lifecycleRoles, lifecycleStates } from '../lifecycle/states.ts';

/** What the registry's document says of the life cycle. */

const text = (maxLength: number, more: object = {}): object => ({ type: 'string', maxLength, ...more });
const date = text(10, { format: 'date' });
const moment = text(40, { format: 'date-time' });
const list = (items: object, maxItems: number): object => ({ type: 'array', items, maxItems });
const orNull = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });
const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const id = text(100, { pattern: '^[^\\u0000-\\u001f]{1,100}$' });
const operation = text(300);
const state = { enum: lifecycleStates };
const reason = text(2_000, { minLength: 1 });
const address = text(2_000, { pattern: '^[\\x21-\\x7e]+$' });
const decided = object({ state, deprecatedAt: date, sunset: date, successor: address, information: address }, [
  'deprecatedAt',
  'sunset',
  'successor',
  'information',
]);
const standing = object(
  {
    api: id,
    operation,
    state,
    documented: state,
    decided: state,
    deprecatedAt: date,
    sunset: date,
    successor: address,
    information: address,
  },
  ['decided', 'deprecatedAt', 'sunset', 'successor', 'information'],
);

/** Schemas of the life cycle by name. */
export const lifecycleSchemas: Readonly<Record<string, object>> = {
  DecidedLifecycle: object(
    { api: decided, operations: { type: 'object', maxProperties: 20_000, additionalProperties: decided } },
    ['api'],
  ),
  Lifecycle: object({
    standing,
    ways: list(
      object({
        to: state,
        allowed: { type: 'boolean' },
        problems: list(
          object({ condition: { enum: conditions }, message: text(2_000), remediation: text(2_000) }, ['condition']),
          20,
        ),
      }),
      4,
    ),
    approvals: list(
      object({
        api: id,
        operation,
        kind: { enum: ['transition', 'approval'] },
        from: state,
        to: state,
        actor: text(200),
        role: { enum: [...lifecycleRoles, ''] },
        reason: text(2_100),
        despite: list({ enum: conditions }, conditions.length),
        time: moment,
      }),
      10_000,
    ),
  }),
  Transition: object(
    {
      to: state,
      reason,
      operation,
      sunset: date,
      successor: address,
      information: address,
      despite: list({ enum: conditions }, 8),
    },
    ['operation', 'sunset', 'successor', 'information', 'despite'],
  ),
  Approval: object({ to: state, reason, operation }, ['operation']),
  LifecycleConsumer: object({
    api: id,
    operation,
    environment: text(100),
    state,
    sunset: orNull(date),
    principal: text(64),
    credential: text(40),
    hits: { type: 'number', minimum: 0, maximum: 9_007_199_254_740_991 },
    lastSeen: moment,
    name: orNull(text(200)),
    contact: orNull(text(300, { 'x-castellan': { sensitivity: 'personal' } })),
    told: orNull(moment),
  }),
};

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (description: string, schema: object): object => ({
  description,
  content: { 'application/json': { schema } },
});
const ofApi = { 'x-castellan': { resource: { type: 'RegisteredApi', id: 'path.api' } } };
const parameters = [{ name: 'api', in: 'path', required: true, schema: id }];
const operationParameter = {
  name: 'operation',
  in: 'query',
  schema: operation,
  description: 'operationId; the API as a whole without it.',
};
const body = (name: string): object => ({ required: true, content: { 'application/json': { schema: ref(name) } } });

/**
 * @param problems the answers that every operation has
 * @param security of what changes something
 */
export function lifecyclePaths(problems: object, security: readonly object[]): Readonly<Record<string, object>> {
  return {
    '/apis/{api}/lifecycle': {
      parameters,
      get: {
        operationId: 'getLifecycle',
        summary:
          'Where an API or an operation stands, what may become of it and what is in the way, and who decided what.',
        parameters: [operationParameter],
        ...ofApi,
        responses: { 200: json('Where it stands.', ref('Lifecycle')), ...problems },
      },
      post: {
        operationId: 'changeLifecycle',
        summary: 'Publishes, deprecates, retires; what is in the way is answered 409.',
        security,
        ...ofApi,
        requestBody: body('Transition'),
        responses: {
          200: json('Where it stands now.', ref('Lifecycle')),
          409: json('What is in the way.', ref('Lifecycle')),
          ...problems,
        },
      },
    },
    '/apis/{api}/approvals': {
      parameters,
      post: {
        operationId: 'approveLifecycle',
        summary: 'Approves a transition that somebody else makes.',
        security,
        ...ofApi,
        requestBody: body('Approval'),
        responses: { 200: json('Where it stands.', ref('Lifecycle')), ...problems },
      },
    },
    '/apis/{api}/consumers': {
      parameters,
      get: {
        operationId: 'listConsumers',
        summary: 'Who still calls what is deprecated or ends, and whom to tell.',
        parameters: [
          operationParameter,
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200, default: 100 } },
        ],
        'x-castellan': { ...ofApi['x-castellan'], page: { limit: 'limit', max: 200 } },
        responses: {
          200: json(
            'The busiest.',
            object({
              consumers: list(ref('LifecycleConsumer'), 200),
              all: { type: 'integer', minimum: 0, maximum: 1_000_000 },
            }),
          ),
          ...problems,
        },
      },
    },
  };
}
