import { enforceableControls } from '@castellan/guard';
import { lifecyclePaths, lifecycleSchemas } from './lifecycle-paths.ts';
import { posturePaths, postureSchemas } from './posture-paths.ts';

/** The registry's own API, as an OpenAPI 3.1 document: what it enforces on itself. */

const text = (maxLength: number, more: object = {}): object => ({ type: 'string', maxLength, ...more });
const id = text(100, { pattern: '^[^\\u0000-\\u001f]{1,100}$' });
const count = { type: 'number', minimum: 0, maximum: 9_007_199_254_740_991 };
const moment = text(40, { format: 'date-time' });
const list = (items: object, maxItems: number): object => ({ type: 'array', items, maxItems });
const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const orNull = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (description: string, schema: object): object => ({
  description,
  content: { 'application/json': { schema } },
});
const problem = (description: string): object => ({
  description,
  content: { 'application/problem+json': { schema: ref('Problem') } },
});
const problems = {
  400: problem('The request is not what the document says.'),
  401: problem('There is no key, or it is wrong.'),
  403: problem('The key may not do this.'),
  404: problem('There is no such thing.'),
  429: problem('Too many requests.'),
};

const anything = { type: ['object', 'array', 'string', 'number', 'boolean', 'null'] };
/** This document, by its members. */
const whole = object({
  openapi: text(10),
  info: { type: 'object', additionalProperties: text(500), maxProperties: 10 },
  servers: list(object({ url: text(500) }), 10),
  security: list({ type: 'object', additionalProperties: list(text(100), 10), maxProperties: 5 }, 10),
  'x-castellan': { type: 'object', additionalProperties: text(100), maxProperties: 10 },
  paths: { type: 'object', additionalProperties: anything, maxProperties: 100 },
  components: { type: 'object', additionalProperties: anything, maxProperties: 10 },
});
const link = object({ href: text(2_000), type: text(100), title: text(300) }, ['type', 'title']);
const linkset = object({
  linkset: list(
    object(
      {
        anchor: text(2_000),
        item: list(link, 10_000),
        'service-desc': list(link, 100),
        'service-doc': list(link, 100),
      },
      ['item', 'service-desc', 'service-doc'],
    ),
    10_001,
  ),
});

const enforcedGroup = object({
  mode: { enum: ['enforce', 'observe', 'off'] },
  controls: list({ enum: enforceableControls }, enforceableControls.length),
  operations: list(text(300), 20_000),
});

const schemas = {
  Problem: {
    type: 'object',
    properties: { type: text(500), title: text(500), status: { type: 'integer' }, detail: text(2_000) },
  },
  Api: object({
    id,
    title: text(300),
    owner: orNull(text(200)),
    state: { enum: ['draft', 'published', 'deprecated', 'retired'] },
    sunset: orNull(text(40)),
    version: text(100),
    digest: text(80),
    versions: count,
    operations: count,
    open: count,
    environments: list(text(100), 1_000),
    data: list(text(40), 20),
    requests: count,
    lastSeen: orNull(moment),
  }),
  Ghost: object({
    kind: { enum: ['ghost-path', 'shadow', 'zombie', 'unwatched', 'orphan'] },
    severity: { enum: ['critical', 'high', 'medium', 'low'] },
    api: text(100),
    environment: text(1_000),
    subject: text(1_100),
    evidence: list(text(3_000), 100),
    remedy: text(500),
    firstSeen: orNull(moment),
    lastSeen: orNull(moment),
  }),
  Deployment: object({
    id: text(2_000),
    api: orNull(text(100)),
    environment: text(100),
    name: text(200),
    source: text(40),
    mode: orNull(text(40)),
    audit: orNull({ type: 'boolean' }),
    digest: orNull(text(80)),
    firstSeen: moment,
    lastSeen: moment,
  }),
  Heartbeat: object(
    {
      name: text(100, { minLength: 1 }),
      instance: text(64, { pattern: '^[\\w-]{8,64}$' }),
      environment: text(100, { minLength: 1 }),
      contract: text(80, { pattern: '^(?:sha256:)?[0-9a-f]{12,64}$' }),
      mode: { enum: ['enforce', 'observe', 'off'] },
      audit: { type: 'boolean' },
      versions: { type: 'object', maxProperties: 10, additionalProperties: text(60) },
      identities: list(object({ fingerprint: text(64), scheme: text(100), kind: text(40), provider: text(255) }), 100),
      resources: list(object({ fingerprint: text(64), kind: text(40) }), 500),
      controls: text(64, { pattern: '^[0-9a-f]{64}$' }),
    },
    ['controls'],
  ),
  EnforcedGroup: enforcedGroup,
  ...lifecycleSchemas,
  Sighting: object({
    method: text(20, { pattern: '^[A-Z]{1,20}$' }),
    template: text(1_000),
    documented: { type: 'boolean' },
    day: text(10, { pattern: '^\\d{4}-\\d\\d-\\d\\d$' }),
    hits: count,
    ok: count,
    redirected: count,
    refused: count,
    failed: count,
    bytesIn: count,
    bytesOut: count,
    duration: count,
    first: count,
    last: count,
  }),
  Consumer: object({ operation: text(300), principal: text(64), credential: text(40), hits: count, last: count }),
  Report: object(
    {
      id: text(64, { pattern: '^[\\w-]{16,64}$' }),
      time: count,
      heartbeat: ref('Heartbeat'),
      controls: list(ref('EnforcedGroup'), 2_000),
      sightings: list(ref('Sighting'), 2_000),
      consumers: list(ref('Consumer'), 2_000),
    },
    ['controls'],
  ),
};

const administrator = [{ key: ['administrator'] }];
const reader = [{ key: ['viewer'] }];
const page = [
  {
    name: 'limit',
    in: 'query',
    schema: { type: 'integer', minimum: 1, maximum: 200, default: 100 },
    description: 'How many at most.',
  },
  { name: 'after', in: 'query', schema: id, description: '`next` of the page before.' },
];

/** @param server where it is reached: `http://127.0.0.1:8181` */
export function registryDocument(server: string): Readonly<Record<string, unknown>> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Castellan registry',
      version: '1.0.0',
      description: 'What is known of all APIs, and the way in for what guards report.',
    },
    servers: [{ url: server }],
    security: reader,
    'x-castellan': { profile: 'standard', owner: 'castellan' },
    paths: {
      '/openapi.json': {
        get: {
          operationId: 'getDocument',
          summary: 'This document.',
          security: [],
          responses: { 200: json('The document.', whole), 429: problems[429] },
        },
      },
      '/.well-known/api-catalog': {
        get: {
          operationId: 'getCatalog',
          summary: 'The published APIs (RFC 9727).',
          security: [],
          responses: {
            200: { description: 'A linkset.', content: { 'application/linkset+json': { schema: linkset } } },
            429: problems[429],
          },
        },
      },
      '/apis': {
        get: {
          operationId: 'listApis',
          summary: 'Every API.',
          parameters: [
            ...page,
            { name: 'owner', in: 'query', schema: text(200) },
            { name: 'environment', in: 'query', schema: text(100) },
          ],
          'x-castellan': { page: { limit: 'limit', max: 200 } },
          responses: {
            200: json('A page.', object({ apis: list(ref('Api'), 200), next: orNull(id) })),
            ...problems,
          },
        },
      },
      '/deployments': {
        get: {
          operationId: 'listDeployments',
          summary: 'What runs where.',
          parameters: page,
          'x-castellan': { page: { limit: 'limit', max: 200 } },
          responses: {
            200: json('A page.', object({ deployments: list(ref('Deployment'), 200), next: orNull(text(2_000)) })),
            ...problems,
          },
        },
      },
      '/ghosts': {
        get: {
          operationId: 'listGhosts',
          summary: 'What is wrong between documents, deployments and traffic, worst first.',
          parameters: [page[0]],
          'x-castellan': { page: { limit: 'limit', max: 200 } },
          responses: {
            200: json('The worst.', object({ ghosts: list(ref('Ghost'), 200), all: count })),
            ...problems,
          },
        },
      },
      '/keys': {
        post: {
          operationId: 'createKey',
          summary: 'A new key, shown once.',
          security: administrator,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: object(
                  { name: text(100, { minLength: 1 }), role: { enum: ['guard', 'viewer', 'administrator'] }, api: id },
                  ['api'],
                ),
              },
            },
          },
          responses: {
            201: json(
              'The key.',
              object({ id: text(64), key: text(200, { 'x-castellan': { sensitivity: 'secret' } }) }),
            ),
            ...problems,
          },
        },
      },
      ...posturePaths(problems),
      ...lifecyclePaths(problems, administrator),
      '/reports': {
        post: {
          operationId: 'report',
          summary: 'A heartbeat of a guard, and what it saw since the last one. One id is counted once.',
          security: [{ key: ['report'] }],
          requestBody: { required: true, content: { 'application/json': { schema: ref('Report') } } },
          'x-castellan': { maxBody: 2_097_152 },
          responses: {
            200: json(
              'It was counted, now or before.',
              object({
                fingerprintKey: text(64, { 'x-castellan': { sensitivity: 'secret' } }),
                wanted: list({ enum: ['controls'] }, 1),
                lifecycle: ref('DecidedLifecycle'),
              }),
            ),
            ...problems,
          },
        },
      },
    },
    components: {
      schemas: { ...schemas, ...postureSchemas },
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-Castellan-Key', description: 'Of a person or a guard.' },
      },
    },
  };
}
