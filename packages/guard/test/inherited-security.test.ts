// Operations that sign in or answer probes, and inherit the security of the whole document, are told; others are not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';

const responses = { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } };

async function told(method: string, path: string, root: object | undefined, own?: object): Promise<readonly string[]> {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const guard = await createGuard({
    contract: {
      openapi: '3.1.0',
      info: { title: 'Orders', version: '1' },
      ...(root === undefined ? {} : { security: root }),
      paths: {
        [path]: {
          [method]: { operationId: 'it', parameters, responses, ...(own === undefined ? {} : { security: own }) },
        },
      },
      components: { securitySchemes: { it: { type: 'http', scheme: 'bearer' } } },
    } as never,
    authentication: { it: { upstream: true } },
  });
  const found = guard.notices.filter(({ code }) => /sign-in|probes/.test(code));
  await guard.end();
  for (const { message } of found) assert.match(message, /it \((?:GET|POST|PUT) \/.*write security: \[\]/);
  return found.map(({ code }) => code);
}

const needed = [{ it: [] }];
const prefixes = ['', '/v1', '/api/auth', '/users'];
const signIns = [
  'login',
  'Login',
  'log-in/',
  'sign-in',
  'signin',
  'sign_in',
  'register',
  'sign-up',
  'forgot-password',
  'reset_password',
  'authenticate',
];
const probes = ['health', 'healthz', 'livez', 'readyz', 'ping', 'health-check', 'heartbeat'];

test('what nobody could use', async () => {
  for (const prefix of prefixes) {
    for (const part of signIns)
      assert.deepEqual(await told('post', `${prefix}/${part}`, needed), ['nobody-can-sign-in'], part);
    for (const part of probes)
      assert.deepEqual(await told('get', `${prefix}/${part}`, needed), ['probes-need-credentials'], part);
  }
  for (const path of [
    '/token',
    '/oauth/token',
    '/oauth2/token',
    '/api/auth/token',
    '/connect/token',
    '/login/token',
    '/v1/token',
  ])
    assert.deepEqual(await told('post', path, needed), ['nobody-can-sign-in'], path);
});

test('what is as it should be', async () => {
  for (const [method, path, root, own] of [
    ['post', '/login', undefined, undefined],
    ['post', '/login', needed, []],
    ['post', '/login', [{ it: [] }, {}], undefined],
    ['post', '/login', needed, needed],
    ['get', '/health', needed, []],
    ['post', '/logout', needed, undefined],
    ['get', '/logins', needed, undefined],
    ['get', '/login-history', needed, undefined],
    ['post', '/auth/refresh', needed, undefined],
    ['get', '/users/{id}/token', needed, undefined],
    ['post', '/users/{id}/token', needed, undefined],
    ['post', '/tokens', needed, undefined],
    ['get', '/health-records', needed, undefined],
    ['get', '/patients/{id}/health', needed, undefined],
    ['post', '/ping', needed, undefined],
  ] as const)
    assert.deepEqual(await told(method, path, root, own), [], `${method} ${path}`);
});
