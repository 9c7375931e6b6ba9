// Promises of the guides that no other test shows on their own.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const folder = mkdtempSync(join(tmpdir(), 'castellan-promises-'));
after(() => rmSync(folder, { recursive: true }));

const key = 'k7Q2mXz9rLw4Yb8NcDfT';
const text = { 'content-type': 'application/json' };
const note = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: { text: { type: 'string', maxLength: 20 } },
};
const answered = { description: 'A note', content: { 'application/json': { schema: note } } };

function document(scheme: object): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: { title: 'Notes', version: '1' },
    security: [{ login: [] }],
    paths: {
      '/notes': {
        get: {
          operationId: 'list',
          parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 9 } }],
          responses: { 200: answered },
        },
        post: {
          operationId: 'create',
          requestBody: { required: true, content: { 'application/json': { schema: note } } },
          responses: { 200: answered },
        },
      },
    },
    components: { securitySchemes: { login: scheme } },
  };
}

// promise: secure-by-default
test('a document, one trusted key and an audit file: authentication, validation, limits, safe errors, checked answers, a line each', async () => {
  const file = join(folder, 'audit.jsonl');
  const guard = await createGuard({
    contract: document({ type: 'apiKey', in: 'header', name: 'x-key' }),
    authentication: { login: { keys: { [key]: { subject: 'ada' } } } },
    audit: { file },
  });
  let answer: unknown = { text: 'hello' };
  const api = fetchGuard(guard, () => {
    if (answer instanceof Error) throw answer;
    return Response.json(answer);
  });
  const connection = { remoteAddress: '192.0.2.1' };
  let requests = 0;
  const ask = async (path: string, init: RequestInit = {}, headers: object = { 'x-key': key }): Promise<Response> => {
    requests++;
    return api(new Request(`http://api.example${path}`, { ...init, headers: { ...text, ...headers } }), connection);
  };
  const post = (body: string): Promise<Response> => ask('/notes', { method: 'POST', body });

  assert.equal((await ask('/notes')).status, 200);
  assert.equal((await ask('/notes', {}, {})).status, 401, 'authentication as declared');
  assert.equal((await ask('/notes?limit=10')).status, 400, 'a parameter that does not match');
  assert.equal((await ask('/notes?debug=1')).status, 400, 'a parameter that nobody declared');
  assert.equal((await post('{"text":"hello"}')).status, 200);
  assert.equal((await post('{"text":"hello","admin":true}')).status, 400, 'a property that nobody declared');
  assert.equal((await post('{"text":"much longer than twenty letters"}')).status, 400);
  assert.equal((await ask('/users')).status, 404, 'a path that nobody declared');
  answer = new Error('relation "users" does not exist at /srv/app/db.js:7');
  const failed = await ask('/notes');
  assert.equal(failed.status, 500);
  assert.doesNotMatch(await failed.text(), /relation|srv/);
  answer = { text: 5 };
  const wrong = await ask('/notes');
  assert.equal(wrong.status, 500, 'an answer that does not match');
  assert.equal(((await wrong.json()) as { title: string }).title, 'The response was withheld');
  let status = 0;
  while (status !== 429 && requests < 5000) ({ status } = await ask('/notes', {}, {}));
  assert.equal(status, 429, 'a flood ends');
  await guard.end();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  assert.equal(lines.length, requests, 'a line for each request');
});

// promise: no-mock-in-production
describe('identity of development does not start in production, and starts elsewhere', () => {
  const bearer = { type: 'http', scheme: 'bearer' };
  const jwks = {
    keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'k1', alg: 'EdDSA', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs' }],
  };
  const issuers = [
    'http://login.company.com',
    'https://localhost',
    'https://localhost:8443/realms/a',
    'https://127.0.0.1:8443',
    'https://[::1]:8443',
    'https://login.test',
    'https://id.example',
    'https://auth.local',
    'https://mock.company.com',
    'https://staging.company.com',
    ...['login-staging', 'staging-login', 'auth-dev', 'qa-id', 'sso_uat'].map((name) => `https://${name}.company.com`),
  ];
  const secrets = ['secret-secret-secret-secret-secret', 'your-256-bit-secret-your-256-bit-secret', 'a'.repeat(40)];
  const cases: readonly (readonly [string, object, NonNullable<GuardOptions['authentication']>[string]])[] = [
    ...issuers.map((issuer) => [issuer, bearer, { issuer, audience: 'notes', jwks }] as const),
    ...secrets.map((secret) => [`the secret '${secret}'`, bearer, { secret }] as const),
    ['a key of one letter', bearer, { keys: { ['x'.repeat(24)]: { subject: 'ada' } } }],
    ['a verify that takes everything', bearer, { verify: () => ({ subject: 'ada' }) }],
    ['a verify that takes everything, later', bearer, { verify: async () => ({ subject: 'ada' }) }],
  ];
  for (const [name, scheme, login] of cases)
    test(name, async () => {
      const start = (environment: 'production' | 'development'): Promise<void> =>
        createGuard({ contract: document(scheme), environment, authentication: { login }, onEvent: () => {} }).then(
          (guard) => guard.end(),
        );
      await assert.rejects(start('production'), /environment is production/);
      await start('development');
    });
  for (const issuer of ['https://login.company.com', 'https://attest.company.com', 'https://login.test-prep.com'])
    test(`${issuer} starts`, async () => {
      const guard = await createGuard({
        contract: document(bearer),
        environment: 'production',
        authentication: { login: { issuer, audience: 'notes', jwks } },
        onEvent: () => {},
      });
      await guard.end();
    });
});
