import type { JsonSchema } from '../configuration/reader.ts';
import {
  authenticationEventSchema,
  authorizeSessionSchema,
  httpActivitySchema,
  reloadSchema,
} from './ocsf/class-schemas.ts';
import {
  classMembers,
  closed,
  common,
  count,
  duration,
  endpoint,
  httpRequest,
  metadataSchema,
  moment,
  text,
  texts,
} from './ocsf/schema-parts.ts';

const modes = { enum: ['enforce', 'observe', 'off'] };
const object = closed({ type: text, id: { ...text, description: 'A keyed hash.' } }, ['type']);
const refused = closed(
  {
    stage: {
      enum: [
        'frame',
        'route',
        'throttle',
        'authenticate',
        'receive',
        'validate',
        'authorize',
        'handler',
        'release',
        'record',
      ],
    },
    type: text,
    reason: text,
    log: text,
    action: text,
    policies: texts,
    object,
    issues: texts,
  },
  ['stage', 'type'],
);
const places = (...required: readonly string[]): JsonSchema =>
  closed(Object.fromEntries([...required, 'places'].map((name) => [name, name === 'places' ? texts : text])), [
    ...required,
    'places',
  ]);

const castellan = closed(
  {
    begun: {
      const: true,
      description: 'Written before the answer leaves (audit.durability); the event with the answer follows.',
    },
    mode: modes,
    responseMode: modes,
    contract: { ...text, pattern: '^[\\da-f]{12}$' },
    template: text,
    outside: text,
    undocumented: { type: 'array', items: places('what', 'done') },
    lenient: { type: 'array', items: places('what') },
    refused,
    allowed: {
      type: 'array',
      items: closed({ action: text, policies: texts, object, objects: count }, ['action', 'policies', 'object']),
    },
    explained: text,
    sealed: { ...text, description: 'Who called, under a key of that person (audit.pseudonyms).' },
    act: { $ref: '#/$defs/actor' },
    trace: closed({ traceId: text, parentId: text, spanId: text, flags: count }, ['traceId', 'spanId']),
    alarms: texts,
    observed: { type: 'array', items: refused },
    removed: count,
    changed: { type: 'array', items: places('reason') },
    failure: text,
    n: { ...count, description: 'In an audit log: the number of the line.' },
    chain: {
      ...text,
      pattern: '^[\\w-]{43}$',
      description: 'In an audit log: the hash of the line, after all before it.',
    },
  },
  ['mode', 'contract'],
);

const act = { actor: closed({ sub: text, iss: text, act: { $ref: '#/$defs/actor' } }, ['sub']) };

/** The JSON Schema of an event of the audit log: OCSF 1.5, API Activity (6003), as far as the guard uses it. */
function apiActivitySchema(): JsonSchema {
  return {
    description: 'One exchange (API Activity). What OCSF has no field for stands under unmapped.castellan.',
    ...closed(
      {
        // Create, read, update, delete, other.
        ...classMembers(6003, [1, 2, 3, 4, 99]),
        severity_id: { enum: [1, 3, 4, 5] },
        status_id: { enum: [0, 1, 2] },
        time: moment,
        duration,
        metadata: metadataSchema(false),
        api: closed({ operation: text, version: text, service: closed({ name: text }, ['name']) }, [
          'operation',
          'version',
          'service',
        ]),
        actor: closed(
          {
            user: {
              ...closed({ uid: text, name: { const: 'unknown' }, type_id: { const: 0 } }, []),
              oneOf: [{ required: ['uid'] }, { required: ['name', 'type_id'] }],
            },
            session: closed({ uid: text, issuer: text }, ['uid', 'issuer']),
          },
          ['user'],
        ),
        src_endpoint: endpoint,
        http_request: httpRequest,
        http_response: closed({ code: { type: 'integer', minimum: 0, maximum: 599 } }, ['code']),
        unmapped: closed({ castellan }, ['castellan']),
      },
      [...common, 'duration', 'api', 'actor', 'src_endpoint', 'http_request', 'unmapped'],
    ),
  };
}

/** Schemas of the classes that a guard writes, by their names. */
export const guardEventSchemas = {
  ApiActivity: apiActivitySchema(),
  HttpActivity: httpActivitySchema(),
  Authentication: authenticationEventSchema(),
  AuthorizeSession: authorizeSessionSchema(),
  ApplicationLifecycle: reloadSchema(),
} as const;

/**
 * The JSON Schema of every event: `schemas/event.json` is this, with that of incidents. Which one an event is says its `class_uid`.
 * @param more of classes that others than the guard write, by their names
 */
export function eventSchema(more: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  const classes: Readonly<Record<string, JsonSchema>> = { ...guardEventSchemas, ...more };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:event',
    title: 'Castellan event',
    description:
      'What Castellan writes of an exchange, a credential, a reload or an incident: a class of OCSF 1.5, by class_uid.',
    type: 'object',
    required: ['class_uid'],
    oneOf: Object.keys(classes).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: { ...classes, ...act },
  };
}
