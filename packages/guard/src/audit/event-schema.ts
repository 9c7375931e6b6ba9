import type { JsonSchema } from '../configuration/reader.ts';

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const count = { type: 'integer', minimum: 0 };
const modes = { enum: ['enforce', 'observe', 'off'] };
const closed = (properties: Readonly<Record<string, unknown>>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
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

/** Activities of the class (OCSF API Activity): create, read, update, delete, other. */
const activities = [1, 2, 3, 4, 99];

/** The JSON Schema of an event: `schemas/event.json` is this. OCSF 1.5, class 6003 (API Activity), as far as the guard uses it. */
export function eventSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:event',
    title: 'Castellan event',
    description: 'One exchange, as an OCSF API Activity. What OCSF has no field for stands under unmapped.castellan.',
    ...closed(
      {
        class_uid: { const: 6003 },
        category_uid: { const: 6 },
        activity_id: { enum: activities },
        type_uid: { enum: activities.map((activity) => 600_300 + activity) },
        severity_id: { enum: [1, 3, 4, 5] },
        status_id: { enum: [0, 1, 2] },
        time: { type: 'integer', minimum: 0, description: 'Milliseconds since the epoch.' },
        duration: { type: 'integer', minimum: 0, description: 'Milliseconds.' },
        metadata: closed(
          {
            version: { const: '1.5.0' },
            uid: text,
            product: closed({ name: text, vendor_name: text }, ['name', 'vendor_name']),
          },
          ['version', 'uid', 'product'],
        ),
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
        src_endpoint: closed({ ip: text }, ['ip']),
        http_request: closed(
          { http_method: { ...text, pattern: '^[A-Z-]{1,25}$' }, url: closed({ path: text }, ['path']) },
          ['http_method', 'url'],
        ),
        http_response: closed({ code: { type: 'integer', minimum: 0, maximum: 599 } }, ['code']),
        unmapped: closed({ castellan }, ['castellan']),
      },
      [
        'class_uid',
        'category_uid',
        'activity_id',
        'type_uid',
        'severity_id',
        'status_id',
        'time',
        'duration',
        'metadata',
        'api',
        'actor',
        'src_endpoint',
        'http_request',
        'unmapped',
      ],
    ),
    $defs: { actor: closed({ sub: text, iss: text, act: { $ref: '#/$defs/actor' } }, ['sub']) },
  };
}
