import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API1:2023 say. */
export const verdicts: Verdicts = {
  'bulk-ids-unbounded': [
    [
      {
        says: 'messageIds may hold any number of ids',
        at: '/paths/~1messages~1delete/post/requestBody/content/application~1json/schema/properties/messageIds',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['postMessagesDelete'],
        mend: 'add maxItems, and decide about every id of the list',
        fix: '--fix=all',
        patch: [
          "$.paths['/messages/delete'].post.requestBody.content['application/json'].schema.properties.messageIds {\"maxItems\":100}",
        ],
      },
    ],
  ],
  'identity-from-caller': [
    [
      {
        says: 'the header field X-User-Id says who the caller is, and nothing else does (GET /orders)',
        at: '/paths/~1orders/get/parameters/0',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getOrders'],
        mend: 'take the identity from the verified credential (its subject and claims), and drop the field at the edge',
      },
    ],
  ],
  'object-id-guessable': [
    [
      {
        says: 'the path parameter invoiceId is a number that counts up (GET /invoices/{invoiceId})',
        at: '/paths/~1invoices~1{invoiceId}/get/parameters/0',
        severity: 'off info low medium',
        confidence: 'medium',
        operations: ['getInvoicesInvoiceId'],
        mend: 'use random ids (type: string, format: uuid), and let a policy decide about each object all the same',
      },
    ],
  ],
  'object-id-twice': [
    [
      {
        says: 'invoiceId stands in the path and can be sent in the body as well',
        at: '/paths/~1invoices~1{invoiceId}/put/requestBody/content/application~1json/schema/properties/invoiceId',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['putInvoicesInvoiceId'],
        mend: 'mark the property readOnly, or remove it from the request: the path says which object is meant',
      },
    ],
  ],
  'object-policy-missing': [
    [
      {
        says: '1 operation acts on single objects, and nothing says who may reach which: GET /orders/details',
        at: '',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrdersDetails'],
        mend: 'add x-castellan: { resource: … } to the schema of each object, so that a policy decides about every one',
      },
    ],
    [
      {
        says: '1 operation acts on single objects, and nothing says who may reach which: GET /vehicles/{vehicleId}/location',
        at: '',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getVehiclesVehicleIdLocation'],
        mend: 'add x-castellan: { resource: … } to the schema of each object, so that a policy decides about every one',
      },
    ],
    [
      {
        says: '1 operation acts on single objects, and nothing says who may reach which: GET /invoices/{id}',
        at: '',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getInvoicesId'],
        mend: 'add x-castellan: { resource: … } to the schema of each object, so that a policy decides about every one',
      },
    ],
  ],
  'personal-data-in-path': [
    [
      {
        says: 'the path holds email (GET /users/{email})',
        at: '/paths/~1users~1{email}/get/parameters/0',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getUsersEmail'],
        mend: 'name the object by a random id, and take the personal datum in a body',
      },
    ],
  ],
  'tenant-from-caller': [
    [
      {
        says: 'X-Tenant-ID in the header chooses the tenant (GET /orders)',
        at: '/paths/~1orders/get/parameters/0',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getOrders'],
        mend: 'take the tenant from the credential; where a caller may have several, check that this one is among them',
      },
    ],
  ],
};
