import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract, type Operation } from '@castellan/contract';
import { isBeforeLogin, isOnObject, takesArguments } from './operation.ts';

/** One operation of a document: `POST /notes`, its id, the status of its answer. */
async function operation(call: string, operationId?: string, status = '200', schema: object = {}): Promise<Operation> {
  const [method = '', path = ''] = call.split(' ');
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema }));
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 'Example', version: '1' },
    paths: {
      [path]: {
        [method.toLowerCase()]: {
          ...(operationId === undefined ? {} : { operationId }),
          parameters,
          responses: { [status]: { description: 'ok' } },
        },
      },
    },
  });
  const [found] = contract.operations;
  assert.ok(found);
  return found;
}

const verbs = ['get', 'fetch', 'find', 'search', 'query', 'lookup', 'list', 'delete', 'remove'];

test('a body that says what is meant is an argument, however the call is written', async () => {
  for (const verb of verbs)
    for (const call of [`/items/${verb}`, `/items:${verb}`, `/items.${verb}`, `/${verb}Items`, `/rpc/${verb}-items`])
      assert.ok(takesArguments(await operation(`POST ${call}`)), call);
  assert.ok(takesArguments(await operation('POST /items', 'listItems')));
  assert.ok(takesArguments(await operation('DELETE /items')));
});

test('what is stored is no argument', async () => {
  for (const call of [
    'POST /notes',
    'PUT /notes/{id}',
    'PATCH /notes/{id}',
    'POST /todo-list',
    'POST /users/{id}',
    'POST /getaways',
    'POST /listings',
    'PUT /items/get',
  ])
    assert.equal(takesArguments(await operation(call)), false, call);
  assert.equal(takesArguments(await operation('POST /items/search', undefined, '201')), false);
  assert.equal(takesArguments(await operation('POST /notes', 'createNote')), false);
});

test('an object, and what belongs to it, is an object; versions, languages and days are none', async () => {
  for (const path of [
    '/vehicles/{vehicleId}',
    '/vehicles/{vehicleId}/location',
    '/users/{username}/email',
    '/{version}/notes/{id}',
    '/orgs/{org}/repos',
  ])
    assert.ok(isOnObject(await operation(`GET ${path}`)), path);
  for (const path of ['/vehicles', '/{version}/vehicles', '/{lang}/pages', '/rates/{date}', '/export/{format}'])
    assert.equal(isOnObject(await operation(`GET ${path}`)), false, path);
  assert.equal(isOnObject(await operation('GET /by/{kind}', undefined, '200', { enum: ['a', 'b'] })), false);
});

test('people have no credential yet where they sign in, recover or prove who they are', async () => {
  for (const path of [
    '/login',
    '/auth/check-otp',
    '/auth/user/login-with-token',
    '/password/forgot',
    '/account/recover',
    '/mfa/resend',
    '/oauth/token',
    '/signup',
    '/auth/verify-email',
    '/auth/magic-link',
    '/account/activate',
    '/email/confirm',
    '/auth/refresh',
    '/webauthn/begin',
    '/sso/callback',
  ])
    assert.ok(isBeforeLogin(await operation(`POST ${path}`)), path);
  for (const path of [
    '/orders',
    '/orders/{id}/confirm',
    '/payments/verify',
    '/users/{id}/activate',
    '/messages',
    '/auth/users',
    '/cache/refresh',
    '/reports/callback',
  ])
    assert.equal(isBeforeLogin(await operation(`POST ${path}`)), false, path);
});
