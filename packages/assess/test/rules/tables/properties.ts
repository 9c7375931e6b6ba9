import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API3:2023 say. */
export const verdicts: Verdicts = {
  'any-property-writable': [
    [
      {
        says: 'any property may be sent beside those named (POST /orders)',
        at: '/paths/~1orders/post/requestBody/content/application~1json/schema',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postOrders'],
        mend: 'name what is meant, or move free properties into a map of their own with bounds (maxProperties, a schema for the values)',
      },
    ],
  ],
  'id-writable': [
    [
      {
        says: 'id can be sent by the caller',
        at: '/components/schemas/Document/properties/id',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postDocuments'],
        mend: 'mark it readOnly',
        fix: '--fix=all',
        patch: ['$.components.schemas.Document.properties.id {"readOnly":true}'],
      },
    ],
  ],
  'internal-property-returned': [
    [
      {
        says: 'stackTrace is answered by GET /orders',
        at: '/paths/~1orders/get/responses/500/content/application~1json/schema/properties/stackTrace',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'leave the property out, and put an id of the request in its place, by which the log is found',
      },
    ],
  ],
  'json-patch-unrestricted': [
    [
      {
        says: 'any path may be patched (PATCH /users/{id})',
        at: '/paths/~1users~1{id}/patch/requestBody/content/application~1json-patch+json',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['patchUsersId'],
        mend: 'list the paths that may be changed (an enum for path), or take application/merge-patch+json with a schema',
      },
    ],
  ],
  'list-returns-sensitive': [
    [
      {
        says: 'GET /patients lists ssn (personal data)',
        at: '/paths/~1patients/get/responses/200/content/application~1json/schema/properties/data/items/properties/person/properties/ssn',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getPatients'],
        mend: 'leave it out of the list and give it with the single object, to those who need it (x-castellan: { read: […] })',
      },
    ],
    [
      {
        says: 'GET /patients lists diagnosis (special data)',
        at: '/paths/~1patients/get/responses/200/content/application~1json/schema/items/properties/diagnosis',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getPatients'],
        mend: 'leave it out of the list and give it with the single object, to those who need it (x-castellan: { read: […] })',
      },
    ],
  ],
  'owner-writable': [
    [
      {
        says: 'ownerId can be sent by the caller',
        at: '/paths/~1documents/post/requestBody/content/application~1json/schema/properties/ownerId',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postDocuments'],
        mend: 'mark it readOnly, and set it from the credential',
        fix: '--fix=all',
        patch: [
          "$.paths['/documents'].post.requestBody.content['application/json'].schema.properties.ownerId {\"readOnly\":true}",
        ],
      },
    ],
  ],
  'personal-data-unclassified': [
    [
      {
        says: '1 field holds personal data or secrets by name, and is not marked: geburtsdatum',
        at: '',
        severity: 'off low low medium',
        confidence: 'high',
        operations: ['postUsers'],
        members: ['geburtsdatum in /paths/~1users/post/requestBody/content/application~1json/schema'],
        mend: 'mark what is personal or secret, so that it stays out of logs',
        fix: '--fix',
        patch: [
          '$.paths[\'/users\'].post.requestBody.content[\'application/json\'].schema.properties.geburtsdatum {"x-castellan":{"sensitivity":"personal"}}',
        ],
      },
    ],
  ],
  'privilege-writable': [
    [
      {
        says: 'role can be sent with PATCH /users/me',
        at: '/paths/~1users~1me/patch/requestBody/content/application~1json/schema/properties/role',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['patchUsersMe'],
        mend: 'say who may write it',
        fix: '--fix=all',
        patch: [
          '$.paths[\'/users/me\'].patch.requestBody.content[\'application/json\'].schema.properties.role {"x-castellan":{"write":["admins"]}}',
        ],
      },
    ],
  ],
  'response-anything': [
    [
      {
        says: 'the answer 200 of GET /orders may be any object',
        at: '/paths/~1orders/get/responses/200/content/application~1json',
        severity: 'info info info low',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'describe the properties that are answered',
      },
    ],
    [
      {
        says: 'the answer 200 of GET /orders may be any object',
        at: '/paths/~1orders/get/responses/200/content/application~1json/schema',
        severity: 'info info info low',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'describe the properties that are answered',
      },
    ],
  ],
  'secret-returned': [
    [
      {
        says: 'api_key is answered by GET /apps/{id}',
        at: '/paths/~1apps~1{id}/get/responses/200/content/application~1json/schema/properties/api_key',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getAppsId'],
        mend: 'mark it writeOnly, or leave it out of the answer',
        fix: '--fix=all',
        patch: [
          "$.paths['/apps/{id}'].get.responses['200'].content['application/json'].schema.properties.api_key {\"writeOnly\":true}",
        ],
      },
    ],
    [
      {
        says: 'passwordHash is answered by GET /users/{id}',
        at: '/paths/~1users~1{id}/get/responses/200/content/application~1json/schema/properties/passwordHash',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getUsersId'],
        mend: 'mark it writeOnly, or leave it out of the answer',
        fix: '--fix=all',
        patch: [
          "$.paths['/users/{id}'].get.responses['200'].content['application/json'].schema.properties.passwordHash {\"writeOnly\":true}",
        ],
      },
    ],
  ],
  'sensitive-readable-by-all': [
    [
      {
        says: 'notes is confidential, and nothing says who may read it',
        at: '/paths/~1files~1{id}/get/responses/200/content/application~1json/schema/properties/notes',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getFilesId'],
        mend: 'say who may read it: x-castellan: { read: [group] }',
      },
    ],
  ],
  'server-value-writable': [
    [
      {
        says: 'balance can be sent by the caller',
        at: '/paths/~1accounts~1{id}/patch/requestBody/content/application~1json/schema/properties/balance',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['patchAccountsId'],
        mend: 'mark it readOnly',
        fix: '--fix=all',
        patch: [
          "$.paths['/accounts/{id}'].patch.requestBody.content['application/json'].schema.properties.balance {\"readOnly\":true}",
        ],
      },
    ],
  ],
  'timestamp-writable': [
    [
      {
        says: 'createdAt can be sent by the caller',
        at: '/components/schemas/Document/properties/createdAt',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postDocuments'],
        mend: 'mark it readOnly',
        fix: '--fix=all',
        patch: ['$.components.schemas.Document.properties.createdAt {"readOnly":true}'],
      },
    ],
  ],
  'unknown-properties-accepted': [
    [
      {
        says: '1 request schema accepts unknown properties: /orders post',
        at: '',
        severity: 'off info low medium',
        confidence: 'high',
        operations: ['postOrders'],
        members: ['/paths/~1orders/post/requestBody/content/application~1json/schema'],
        mend: 'close the schemas of request bodies',
        fix: '--fix=all',
        patch: [
          "$.paths['/orders'].post.requestBody.content['application/json'].schema {\"additionalProperties\":false}",
        ],
      },
    ],
  ],
};
