import { conditions, lifecycleRoles, lifecycleStates } from '../../lifecycle/states.ts';
import {
  body,
  count,
  flag,
  id,
  idempotencyKey,
  ifNoneMatch,
  json,
  limit,
  list,
  moment,
  notModified,
  object,
  orNull,
  paged,
  pathId,
  problems,
  ref,
  repeatable,
  tagged,
  text,
} from './forms.ts';

const date = text(10, { format: 'date' });
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

/** Schemas of the life cycle. */
export const lifecycleSchemas = {
  DecidedLifecycle: object(
    { api: decided, operations: { type: 'object', maxProperties: 20_000, additionalProperties: decided } },
    ['api'],
  ),
  Lifecycle: object({
    standing: object(
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
    ),
    ways: list(
      object({
        to: state,
        allowed: flag,
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
        actor: text(210),
        role: { enum: [...lifecycleRoles, ''] },
        reason: text(2_100),
        despite: list({ enum: conditions }, conditions.length),
        time: moment,
      }),
      10_000,
    ),
  }),
  LifecycleConsumer: object({
    api: id,
    operation,
    environment: text(200),
    state,
    sunset: orNull(date),
    principal: text(64),
    credential: text(40),
    hits: count,
    lastSeen: moment,
    name: orNull(text(210)),
    contact: orNull(text(310)),
    told: orNull(moment),
  }),
};

const ofApi = { resource: { type: 'RegisteredApi', id: 'path.api' }, existence: 'secret' };
const operationParameter = {
  name: 'operation',
  in: 'query',
  schema: operation,
  description: 'operationId; the API as a whole without it.',
};

/** Where APIs and operations stand, who decides it, and who still calls what ends. */
export const lifecyclePaths = {
  '/apis/{api}/lifecycle': {
    parameters: [pathId('api')],
    get: {
      operationId: 'getLifecycle',
      summary: 'Where an API or an operation stands, what may become of it, what is in the way, and who decided what.',
      tags: ['read'],
      parameters: [operationParameter, ifNoneMatch],
      'x-castellan': ofApi,
      responses: { 200: tagged('Where it stands.', ref('Lifecycle')), 304: notModified, ...problems },
    },
    post: {
      operationId: 'changeLifecycle',
      summary: 'Publishes, deprecates, retires. Where something is in the way nothing changes, and the way says what.',
      tags: ['lifecycle'],
      parameters: [idempotencyKey],
      requestBody: body(
        object(
          {
            to: state,
            reason,
            operation,
            sunset: date,
            successor: address,
            information: address,
            despite: list({ enum: conditions }, conditions.length),
          },
          ['operation', 'sunset', 'successor', 'information', 'despite'],
        ),
      ),
      'x-castellan': ofApi,
      responses: { 200: json('Where it stands now.', ref('Lifecycle')), ...repeatable },
    },
  },
  '/apis/{api}/approvals': {
    parameters: [pathId('api')],
    post: {
      operationId: 'approveLifecycle',
      summary: 'Approves a transition that somebody else makes.',
      tags: ['lifecycle'],
      parameters: [idempotencyKey],
      requestBody: body(object({ to: state, reason, operation }, ['operation'])),
      'x-castellan': ofApi,
      responses: { 200: json('Where it stands.', ref('Lifecycle')), ...repeatable },
    },
  },
  '/apis/{api}/consumers': {
    parameters: [pathId('api')],
    get: {
      operationId: 'listConsumers',
      summary: 'Who still calls what is deprecated or ends, and whom to tell; the busiest first.',
      tags: ['read'],
      parameters: [
        limit,
        operationParameter,
        { name: 'all', in: 'query', schema: { type: 'boolean', default: false }, description: 'Every caller.' },
        ifNoneMatch,
      ],
      'x-castellan': { ...paged, ...ofApi },
      responses: {
        200: tagged('The busiest.', object({ consumers: list(ref('LifecycleConsumer'), 200), all: count })),
        304: notModified,
        ...problems,
      },
    },
  },
  '/contacts': {
    post: {
      operationId: 'nameConsumer',
      summary: 'Says who a caller is, by its hash or by issuer and subject, and where to write to.',
      tags: ['lifecycle'],
      parameters: [idempotencyKey],
      requestBody: body(
        object(
          {
            principal: text(64, { pattern: '^[\\w-]{8,64}$' }),
            issuer: text(2_000),
            subject: text(2_000),
            name: text(200),
            contact: text(300),
            told: flag,
          },
          ['principal', 'issuer', 'subject', 'name', 'contact', 'told'],
        ),
      ),
      responses: { 200: json('Its hash.', object({ principal: text(64) })), ...repeatable },
    },
  },
};
