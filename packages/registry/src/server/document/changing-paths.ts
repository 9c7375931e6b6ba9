import {
  after,
  body,
  changing,
  count,
  id,
  idempotencyKey,
  ifMatch,
  ifNoneMatch,
  json,
  limit,
  list,
  none,
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
import { page } from './schemas.ts';
import { mostListed } from '../../inventory/most-listed.ts';

const ofApi = { resource: { type: 'RegisteredApi', id: 'path.api' }, existence: 'secret' };
const ofKey = { resource: { type: 'Key', id: 'path.key' }, existence: 'secret' };
/** Bytes of a document with what it refers to: no body may have more. */
export const mostBody = 16_777_216;
const largeBody = { maxBody: mostBody };

/** One API: read, changed, forgotten. */
export const apiPaths = {
  '/apis/{api}': {
    parameters: [pathId('api')],
    get: {
      operationId: 'getApi',
      summary: 'One API with its contract versions and deployments.',
      tags: ['read'],
      parameters: [ifNoneMatch],
      'x-castellan': ofApi,
      responses: { 200: tagged('The API.', ref('ShownApi')), 304: notModified, ...problems },
    },
    patch: {
      operationId: 'changeApi',
      summary: 'Says who owns it and what it is for. The owner of a team hands its APIs to teams of their own only.',
      tags: ['change'],
      parameters: [ifMatch],
      requestBody: body(
        object({ owner: text(200, { minLength: 1 }), description: text(2_000) }, ['owner', 'description'], {
          minProperties: 1,
        }),
      ),
      'x-castellan': ofApi,
      responses: { 200: tagged('As it is now.', ref('ShownApi')), ...changing },
    },
    delete: {
      operationId: 'deleteApi',
      summary:
        'Forgets it with its contract versions, deployments and what was seen. A guard that reports makes it known again.',
      tags: ['change'],
      parameters: [ifMatch],
      'x-castellan': ofApi,
      responses: { 204: none('It is forgotten.'), ...changing },
    },
  },
};

/** What is imported. */
export const importPaths = {
  '/documents': {
    post: {
      operationId: 'importDocument',
      summary:
        'Imports an OpenAPI document: `document` is its text (JSON or YAML), `files` what it refers to by path, and its overlays. Nothing else is read.',
      tags: ['import'],
      parameters: [idempotencyKey],
      requestBody: body(
        object(
          {
            source: text(2_000, { minLength: 1 }),
            document: text(16_000_000),
            path: text(2_000, { minLength: 1 }),
            files: { type: 'object', maxProperties: 1_000, additionalProperties: text(16_000_000) },
            overlays: list(text(2_000), 20),
            api: id,
            owner: text(200, { minLength: 1 }),
          },
          ['path', 'files', 'overlays', 'api', 'owner'],
        ),
      ),
      'x-castellan': largeBody,
      responses: { 200: json('What became of it.', ref('ImportedDocument')), ...repeatable },
    },
  },
  '/deployments/import': {
    post: {
      operationId: 'importDeployments',
      summary: 'Imports what deployment files say runs, and what it talks to.',
      tags: ['import'],
      parameters: [idempotencyKey],
      requestBody: body(
        object({ deployments: list(ref('ImportedDeployment'), 1_000), dependencies: list(ref('Dependency'), 2_000) }, [
          'dependencies',
        ]),
      ),
      responses: {
        200: json('How many were kept.', object({ deployments: count, dependencies: count })),
        ...repeatable,
      },
    },
  },
  '/sightings': {
    post: {
      operationId: 'importSightings',
      summary:
        'Adds counts of requests by template and day, as they were read out of access logs. Sent twice, they count twice: use an idempotency key.',
      tags: ['import'],
      parameters: [idempotencyKey],
      requestBody: body(
        object(
          {
            environment: text(100, { minLength: 1 }),
            source: { enum: ['access-log', 'har', 'postman'] },
            sightings: list(ref('ImportedSighting'), 1_000),
            import: object({
              source: text(2_000),
              format: text(40),
              lines: count,
              read: count,
              garbage: count,
              samples: list(text(2_000), 10),
            }),
          },
          ['import'],
        ),
      ),
      responses: { 200: json('How many were counted.', object({ sightings: count })), ...repeatable },
    },
  },
  '/templates': {
    get: {
      operationId: 'listTemplates',
      summary: 'Templates of undocumented paths that people corrected.',
      tags: ['read'],
      parameters: [ifNoneMatch],
      responses: {
        200: tagged('All.', object({ templates: list(ref('Template'), mostListed.templates) })),
        304: notModified,
        ...problems,
      },
    },
    post: {
      operationId: 'correctTemplate',
      summary: 'Says what the template of undocumented paths is, now and in every import to come.',
      tags: ['import'],
      parameters: [idempotencyKey],
      requestBody: body(object({ host: text(255), template: text(1_000) }, ['host'])),
      responses: { 200: json('How many were put together.', object({ merged: count })), ...repeatable },
    },
  },
};

/** Keys of people and guards. */
export const keyPaths = {
  '/keys': {
    get: {
      operationId: 'listKeys',
      summary: 'Keys, without the keys themselves. Owners see those of guards of their team.',
      tags: ['keys'],
      parameters: [limit, after, ifNoneMatch],
      'x-castellan': paged,
      responses: { 200: tagged('A page.', page('keys', ref('Key'))), 304: notModified, ...problems },
    },
    post: {
      operationId: 'createKey',
      summary:
        'A new key, shown once. With `certificate` (SHA-256 of it, in hex) a client certificate takes its place.',
      tags: ['keys'],
      parameters: [idempotencyKey],
      requestBody: body(
        object(
          {
            name: text(100, { minLength: 1 }),
            role: { type: 'string', enum: ['guard', 'viewer', 'developer', 'owner', 'security', 'administrator'] },
            teams: list(text(200, { minLength: 1 }), 100),
            api: id,
            certificate: text(100, { pattern: '^[0-9a-fA-F]{2}(?::?[0-9a-fA-F]{2}){31}$' }),
          },
          ['teams', 'api', 'certificate'],
        ),
      ),
      responses: { 201: json('The key; null for a certificate.', ref('NewKey')), ...repeatable },
    },
  },
  '/keys/{key}': {
    parameters: [pathId('key')],
    get: {
      operationId: 'getKey',
      summary: 'What a key may do.',
      tags: ['keys'],
      parameters: [ifNoneMatch],
      'x-castellan': ofKey,
      responses: { 200: tagged('The key, without the key itself.', ref('Key')), 304: notModified, ...problems },
    },
    delete: {
      operationId: 'revokeKey',
      summary: 'Revokes a key at once.',
      tags: ['keys'],
      parameters: [ifMatch],
      'x-castellan': ofKey,
      responses: { 204: none('It is good for nothing.'), ...changing },
    },
  },
};

/** What guards send, and take. */
export const guardPaths = {
  '/contract': {
    get: {
      operationId: 'takeContract',
      summary: 'The contract of the API of a guard, with its files as they were imported.',
      tags: ['guards'],
      parameters: [
        {
          name: 'version',
          in: 'query',
          schema: { enum: ['published', 'latest'], default: 'published' },
          description: 'published: not of a draft. latest: in any state.',
        },
        ifNoneMatch,
      ],
      responses: {
        200: tagged(
          'The contract.',
          object({
            api: id,
            version: text(200),
            digest: text(80),
            contract: text(2_000),
            overlays: list(text(2_000), 100),
            files: list(object({ name: text(2_000), digest: text(80), text: text(16_777_216) }), 5_000),
          }),
        ),
        304: notModified,
        ...problems,
      },
    },
  },
  '/reports': {
    post: {
      operationId: 'report',
      summary: 'A heartbeat of a guard, and what it saw since the last one. One id is counted once.',
      tags: ['guards'],
      requestBody: body(ref('Report')),
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
};
