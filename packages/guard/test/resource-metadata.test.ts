// An API says who gives tokens for it (RFC 9728): from its document and its entries, and where a challenge points.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SchemeConfigurations } from '../src/authenticate/index.ts';
import { send } from './client.ts';
import { guarded, identity } from './guarded.ts';

const response = { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } };
const contract = (more: object = {}, servers: readonly object[] = [{ url: '/v1' }]) => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  servers,
  paths: {
    '/orders': { get: { operationId: 'list', security: [{ it: ['orders:read'] }], responses: response } },
    '/all': { get: { operationId: 'all', security: [{ it: ['orders:read', 'admin'] }], responses: response } },
    '/keys': { get: { operationId: 'keys', security: [{ key: ['not-a-scope-of-tokens'] }], responses: response } },
    ...more,
  },
  components: {
    securitySchemes: {
      it: { type: 'http', scheme: 'bearer' },
      key: { type: 'apiKey', in: 'header', name: 'x-key' },
    },
  },
});
const origin = 'https://api.company.com';
const entry = { audience: 'orders', jwks: identity.jwks };
const key = { keys: { a7Fq2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0Jp: { subject: 'billing' } } };

async function said(it: SchemeConfigurations[string], options: object = {}, of: object = contract()) {
  const server = await guarded({ contract: of as never, authentication: { it, key }, origin, ...options });
  try {
    const challenged = await send(server.url, '/v1/orders');
    const found = /resource_metadata="([^"]+)"/.exec(String(challenged.headers['www-authenticate']))?.[1];
    const path = found === undefined ? '/.well-known/oauth-protected-resource/v1' : new URL(found).pathname;
    const { status, json, headers } = await send(server.url, path);
    return { found, status, json, type: headers['content-type'] };
  } finally {
    await server.close();
  }
}

test('the issuers of all entries, the scopes of the document, and the address in the challenge', async () => {
  const { found, status, json, type } = await said([
    { ...entry, issuer: 'https://login.company.com' },
    { ...entry, issuer: ['https://accounts.google.com', 'accounts.google.com'] },
    { ...entry, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0', tenants: ['t1', 't2'] },
  ]);
  assert.equal(found, `${origin}/.well-known/oauth-protected-resource/v1`);
  assert.deepEqual([status, type], [200, 'application/json']);
  assert.deepEqual(json, {
    resource: `${origin}/v1`,
    authorization_servers: [
      'https://login.company.com',
      'https://accounts.google.com',
      'https://login.microsoftonline.com/t1/v2.0',
      'https://login.microsoftonline.com/t2/v2.0',
    ],
    resource_name: 'Orders',
    bearer_methods_supported: ['header'],
    scopes_supported: ['admin', 'orders:read'],
  });
});

test('proofs that are taken and asked for; an API without a prefix', async () => {
  const issuer = 'https://login.company.com';
  const required = { required: true, kinds: ['dpop' as const], algorithms: ['ES256'] };
  const bare = contract({}, [{ url: 'https://api.company.com' }]);
  const server = await guarded({
    contract: bare as never,
    authentication: { it: { ...entry, issuer, proof: required }, key },
    origin,
  });
  try {
    const { json } = await send(server.url, '/.well-known/oauth-protected-resource');
    assert.equal(json['resource'], origin);
    assert.deepEqual(json['dpop_signing_alg_values_supported'], ['ES256']);
    assert.equal(json['dpop_bound_access_tokens_required'], true);
    assert.equal(json['tls_client_certificate_bound_access_tokens'], undefined);
  } finally {
    await server.close();
  }
});

test('nothing is said where nobody could use it, or the document says it itself', async () => {
  const issuer = 'https://login.company.com';
  for (const [it, options] of [
    [{ ...entry, issuer }, { origin: undefined }],
    [{ upstream: true as const }, {}],
    [{ secret: 'kT7vQ2mXz9rLw4Yb8NcDaPqRsUiOeJhG' }, {}],
    [{ ...entry, issuer: async () => undefined }, {}],
  ] as const) {
    const { found, status } = await said(it, options);
    assert.deepEqual([found, status], [undefined, 404], JSON.stringify(it));
  }
  const path = '/.well-known/oauth-protected-resource';
  const own = contract({ [path]: { get: { operationId: 'own', security: [], responses: response } } }, [{ url: '/' }]);
  const server = await guarded({ contract: own as never, authentication: { it: { ...entry, issuer }, key }, origin });
  try {
    const answer = await send(server.url, path);
    assert.deepEqual([answer.status, answer.json['resource']], [200, undefined]);
  } finally {
    await server.close();
  }
});
