import type { JsonSchema } from '../../configuration/reader.ts';
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
} from './schema-parts.ts';

const user = { uid: text, name: { const: 'unknown' }, type_id: { const: 0 } };
const anybody = [{ required: ['uid'] }, { required: ['name', 'type_id'] }];
const session = { uid: text, issuer: text };
const service = closed({ name: text, version: text }, ['name', 'version']);

/** The JSON Schema of HTTP Activity (4002), as far as the guard uses it. */
export function httpActivitySchema(): JsonSchema {
  return {
    description: 'One exchange as it went over the wire (HTTP Activity).',
    ...closed(
      {
        ...classMembers(4002, [1, 2, 3, 4, 5, 6, 7, 8, 99]),
        activity_name: text,
        severity_id: { enum: [1, 3, 4, 5] },
        status_id: { enum: [1, 2] },
        status_detail: text,
        time: moment,
        duration,
        metadata: metadataSchema(true),
        app_name: text,
        src_endpoint: endpoint,
        http_request: httpRequest,
        http_response: closed({ code: { type: 'integer', minimum: 100, maximum: 599 }, length: count }, [
          'code',
          'length',
        ]),
        traffic: closed({ bytes_in: count, bytes_out: count }, ['bytes_in', 'bytes_out']),
      },
      [...common, 'duration', 'app_name', 'src_endpoint', 'http_request', 'traffic'],
    ),
  };
}

/** The JSON Schema of Application Lifecycle (6002), as far as the guard uses it. */
export function reloadSchema(): JsonSchema {
  return {
    description: 'Contract, policies and keys were read again (Application Lifecycle).',
    ...closed(
      {
        ...classMembers(6002, [8]),
        severity_id: { enum: [1, 4] },
        status_id: { enum: [1, 2] },
        status_code: text,
        status_detail: text,
        time: moment,
        metadata: metadataSchema(false),
        app: closed({ name: text, version: text, vendor_name: text }, ['name', 'version', 'vendor_name']),
        unmapped: closed(
          {
            castellan: closed(
              { contract: { ...text, pattern: '^[\\da-f]{12}$' }, since: moment, n: count, chain: text },
              ['contract', 'since'],
            ),
          },
          ['castellan'],
        ),
      },
      [...common, 'app', 'unmapped'],
    ),
  };
}

/** The JSON Schema of Authentication (3002), as far as the guard uses it. */
export function authenticationEventSchema(): JsonSchema {
  return {
    description: 'A credential that was refused, or accepted for the first time (Authentication).',
    ...closed(
      {
        ...classMembers(3002, [1]),
        severity_id: { enum: [1, 3] },
        status_id: { enum: [1, 2] },
        status_detail: text,
        time: moment,
        metadata: metadataSchema(true),
        user: { ...closed(user, []), anyOf: anybody },
        session: closed(session, ['uid', 'issuer']),
        auth_protocol_id: { const: 99 },
        auth_protocol: text,
        logon_type_id: { const: 3 },
        is_remote: { const: true },
        service,
        src_endpoint: endpoint,
        http_request: httpRequest,
      },
      [
        ...common,
        'user',
        'auth_protocol_id',
        'auth_protocol',
        'logon_type_id',
        'is_remote',
        'service',
        'src_endpoint',
        'http_request',
      ],
    ),
  };
}

/** The JSON Schema of Authorize Session (3003), as far as the guard uses it. */
export function authorizeSessionSchema(): JsonSchema {
  const group = closed({ name: text }, ['name']);
  return {
    description: 'What a credential may do that was accepted for the first time (Authorize Session).',
    ...closed(
      {
        ...classMembers(3003, [1, 2]),
        severity_id: { const: 1 },
        status_id: { const: 1 },
        time: moment,
        metadata: metadataSchema(true),
        user: closed({ uid: text, groups: { type: 'array', items: group, minItems: 1, maxItems: 100 } }, ['uid']),
        session: closed({ ...session, expiration_time: moment }, ['uid', 'issuer']),
        privileges: { type: 'array', items: text, minItems: 1, maxItems: 100 },
        group,
        src_endpoint: endpoint,
        http_request: httpRequest,
      },
      [...common, 'user', 'session', 'src_endpoint', 'http_request'],
    ),
    anyOf: [{ required: ['privileges'] }, { required: ['group'] }],
  };
}
