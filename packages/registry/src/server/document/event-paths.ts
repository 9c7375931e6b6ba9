import {
  after,
  body,
  count,
  instant,
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
import { page } from './schemas.ts';

const fact = object({ stage: text(100), type: text(200), reason: text(1_100) }, ['stage', 'reason']);
const severity = { enum: ['critical', 'high', 'medium', 'low'] };
const tallies = list(object({ name: text(1_100), count }), 100);

/** What happened in one exchange, as a guard's facts say it. Members that are missing are nothing. */
const event = object(
  {
    id: text(1_100),
    time: { ...instant, minimum: 1 },
    duration: count,
    contract: text(1_100),
    operation: text(1_100),
    method: text(32),
    template: text(1_100),
    status: { type: 'integer', minimum: 0, maximum: 999 },
    address: text(1_100),
    agent: text(1_100),
    principal: object(
      {
        subject: text(1_100),
        issuer: text(1_100),
        tenant: text(1_100),
        credentialKind: text(100),
        credentialId: text(1_100),
      },
      ['issuer', 'tenant', 'credentialKind', 'credentialId'],
    ),
    attempt: object(
      { kind: text(100), account: text(1_100), secret: text(1_100, { 'x-castellan': { sensitivity: 'secret' } }) },
      ['account', 'secret'],
    ),
    refused: fact,
    probe: text(40, { pattern: '^[a-z]{1,40}$' }),
    observed: list(fact, 100),
    objects: list(
      object({ type: text(300), id: text(1_100), verdict: { enum: ['permitted', 'refused', 'removed'] } }),
      100,
    ),
    objectCount: count,
    records: count,
    bytesIn: count,
    bytesOut: count,
    sensitive: { type: 'object', maxProperties: 200, additionalProperties: count },
    removed: count,
    alarms: list(text(300), 100),
  },
  [
    'id',
    'duration',
    'contract',
    'operation',
    'address',
    'agent',
    'principal',
    'attempt',
    'refused',
    'probe',
    'observed',
    'objects',
    'objectCount',
    'records',
    'bytesIn',
    'bytesOut',
    'sensitive',
    'removed',
    'alarms',
  ],
);

export const eventSchemas = {
  Event: event,
  Incident: object(
    {
      id: text(100),
      api: orNull(text(100)),
      owner: orNull(text(200)),
      title: text(1_100),
      severity,
      status: { enum: ['open', 'closed'] },
      start: moment,
      end: moment,
      updated: moment,
      owasp: list(text(40), 20),
      detectors: list(text(100), 100),
      requests: count,
      principals: tallies,
      addresses: tallies,
      operations: tallies,
      refused: tallies,
      gotOut: object({
        answers: count,
        objects: count,
        records: count,
        bytes: count,
        sensitive: { type: 'object', maxProperties: 200, additionalProperties: count },
      }),
      text: text(20_000),
    },
    [],
    { 'x-castellan': { resource: 'Incident', id: 'id' } },
  ),
};

/** Events of guards, and what the detectors make of them. */
export const eventPaths = {
  '/events': {
    post: {
      operationId: 'sendEvents',
      summary:
        'What happened at a guard, for the detectors. One id is looked at once; all of it is of the API of the key.',
      tags: ['guards'],
      requestBody: body(object({ id: text(64, { pattern: '^[\\w-]{16,64}$' }), events: list(ref('Event'), 500) })),
      'x-castellan': { maxBody: 4_194_304 },
      responses: { 200: json('How many were looked at.', object({ taken: count, known: flag })), ...problems },
    },
  },
  '/incidents': {
    get: {
      operationId: 'listIncidents',
      summary: 'What the detectors saw over all guards that send events, the latest first.',
      tags: ['read'],
      parameters: [
        limit,
        after,
        ifNoneMatch,
        { name: 'api', in: 'query', schema: id },
        { name: 'status', in: 'query', schema: { type: 'string', enum: ['open', 'closed'] } },
        { name: 'severity', in: 'query', schema: { type: 'string', ...severity } },
      ],
      'x-castellan': paged,
      responses: { 200: tagged('A page.', page('incidents', ref('Incident'))), 304: notModified, ...problems },
    },
  },
  '/incidents/{incident}/dismissal': {
    parameters: [pathId('incident')],
    post: {
      operationId: 'dismissIncident',
      summary: 'Closes an incident: it is dealt with, or it was none.',
      tags: ['oversight'],
      parameters: [idempotencyKey],
      'x-castellan': { resource: { type: 'Incident', id: 'path.incident' }, existence: 'secret' },
      requestBody: body(object({ reason: text(500, { minLength: 1 }) })),
      responses: { 200: json('It is closed.', object({ id: text(100), status: text(20) })), ...repeatable },
    },
  },
};
