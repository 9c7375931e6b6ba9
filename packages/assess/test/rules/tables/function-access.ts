import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API5:2023 say. */
export const verdicts: Verdicts = {
  'admin-unprivileged': [
    [
      {
        says: 'PUT /users/{id}/role asks for no more than ordinary operations do',
        at: '/paths/~1users~1{id}~1role/put',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['putUsersIdRole'],
        members: ['putUsersIdRole'],
        mend: 'ask for a scope or scheme of its own on administrative operations, and write a policy that names the group',
      },
    ],
    [
      {
        says: 'DELETE /admin/users asks for no more than ordinary operations do',
        at: '/paths/~1admin~1users/delete',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['deleteAdminUsers'],
        members: ['deleteAdminUsers'],
        mend: 'ask for a scope or scheme of its own on administrative operations, and write a policy that names the group',
      },
    ],
    [
      {
        says: '2 operations under /v1/admin ask for no more than ordinary operations do: GET /v1/admin/users and 1 more',
        at: '/paths/~1v1~1admin~1users/get',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getV1AdminUsers', 'deleteV1AdminUsersId'],
        members: ['deleteV1AdminUsersId', 'getV1AdminUsers'],
        mend: 'ask for a scope or scheme of its own on administrative operations, and write a policy that names the group',
      },
    ],
  ],
  'collection-delete': [
    [
      {
        says: 'DELETE /orders names nothing that is to be deleted',
        at: '/paths/~1orders/delete',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['deleteOrders'],
        mend: 'require the ids that are meant (a required parameter or body), or remove the operation',
      },
    ],
  ],
  'internal-operation-public': [
    [
      {
        says: 'GET /debug/vars is internal, and open to anyone',
        at: '/paths/~1debug~1vars/get',
        severity: 'info info low medium',
        confidence: 'high',
        operations: ['getDebugVars'],
        mend: 'move it to a document and a listener of its own, that the public address does not reach',
      },
    ],
  ],
  'method-override': [
    [
      {
        says: 'X-HTTP-Method-Override changes the method (POST /orders)',
        at: '/paths/~1orders/post/parameters/0',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'remove the parameter; clients send the method that they mean',
      },
    ],
  ],
  'privilege-parameter': [
    [
      {
        says: 'isAdmin in the query changes what the caller may do (GET /orders)',
        at: '/paths/~1orders/get/parameters/0',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getOrders'],
        mend: "remove the parameter; let a policy decide by the caller's groups",
      },
    ],
  ],
  'read-that-writes': [
    [
      {
        says: 'GET /orders/{id}/delete changes something by its name',
        at: '/paths/~1orders~1{id}~1delete/get',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getOrdersIdDelete'],
        mend: 'use POST, PUT, PATCH or DELETE',
      },
    ],
    [
      {
        says: 'GET /orders (action=delete) changes something by its name',
        at: '/paths/~1orders/get',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getOrders'],
        mend: 'use POST, PUT, PATCH or DELETE',
      },
    ],
    [
      {
        says: 'GET /transfer changes something by its name',
        at: '/paths/~1transfer/get',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getTransfer'],
        mend: 'use POST, PUT, PATCH or DELETE',
      },
    ],
  ],
  'scope-covers-everything': [
    [
      {
        says: 'one scope of oauth opens 2 operations of 2',
        at: '/components/securitySchemes/oauth',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getOrders', 'deleteOrders'],
        mend: 'offer scopes for what clients do, and keep the wide one for administration',
      },
    ],
  ],
  'scope-not-separating': [
    [
      {
        says: '1 read and 1 write ask oauth for the same: all',
        at: '/components/securitySchemes/oauth',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders', 'deleteOrders'],
        mend: 'declare scopes for reading and for writing, and ask for the one that each operation needs',
      },
    ],
  ],
  'scope-undeclared': [
    [
      {
        says: 'oauth declares no scope raed, which getOrders asks for',
        at: '/paths/~1orders/get/security',
        severity: 'info info low medium',
        confidence: 'high',
        operations: ['getOrders'],
        members: ['raed of getOrders'],
        mend: 'declare the scope under flows.*.scopes, or correct its name',
      },
    ],
  ],
  'write-with-read-scope': [
    [
      {
        says: 'DELETE /orders asks only for a scope for reading',
        at: '/paths/~1orders/delete/security',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['deleteOrders'],
        mend: 'require a scope for writing',
      },
    ],
  ],
};
