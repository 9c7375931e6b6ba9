// Claims wherever providers put them: by pointer and by dots, one text and lists, names with dots, and what a token must say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import type { TokenConfiguration } from '../src/authenticate/index.ts';
import { claimPath } from '../src/authenticate/claim-path.ts';
import { groupsOf, groupsRule } from '../src/authenticate/group-claims.ts';
import { csrfToken } from '../src/authenticate/csrf.ts';
import { send } from './client.ts';
import { guarded, identity } from './guarded.ts';
import { audience, issuer } from './tokens.ts';

const contract = (scheme: object = { type: 'http', scheme: 'bearer' }) => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  security: [{ it: [] }],
  paths: {
    '/orders': Object.fromEntries(
      ['get', 'post'].map((method) => [
        method,
        {
          operationId: `${method}Orders`,
          parameters: [{ name: 'access_token', in: 'query', schema: { type: 'string' } }],
          responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } },
        },
      ]),
    ),
  },
  components: { securitySchemes: { it: scheme } },
});
const jwks = identity.jwks;

async function caller(entry: object, sent: Parameters<typeof send>[2], scheme?: object, path = '/orders') {
  const server = await guarded(
    { contract: contract(scheme), authentication: { it: entry as TokenConfiguration } },
    (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.auth));
    },
  );
  try {
    const { status, json } = await send(server.url, path, sent);
    const refused = server.events.at(-1)?.unmapped.castellan.refused;
    return { status, auth: json, reason: refused?.reason, log: refused?.log };
  } finally {
    await server.close();
  }
}
const own = { issuer, audience, jwks };
const withClaims = async (entry: object, claims: object) =>
  caller({ ...own, ...entry }, { token: await identity.token(claims as never) });

test('any place that a claim can have is found by its JSON Pointer', () => {
  const name = fc.oneof(
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.constantFrom('https://example.com/roles', 'a.b', 'a/b', '~', '~1', '__proto__', 'constructor', 'x~0y', '0'),
  );
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1, maxLength: 4 }),
      fc.array(fc.string(), { maxLength: 3 }),
      (path, groups) => {
        let claims: unknown = groups;
        for (const part of path.toReversed()) claims = Object.fromEntries([[part, claims]]);
        if (path.includes('{tenant}')) return;
        const pointer = path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        assert.deepEqual(groupsOf(claims as Record<string, unknown>, groupsRule(pointer), undefined), [
          ...new Set(groups),
        ]);
      },
    ),
    { seed: 6901, numRuns: 1000 },
  );
});

test('dotted paths, names with dots, and addresses as names', () => {
  for (const [text, claims] of [
    ['claims.realm_access.roles', { realm_access: { roles: 'x' } }],
    ['realm_access.roles', { realm_access: { roles: 'x' } }],
    ['claims.com.example.roles', { 'com.example.roles': 'x' }],
    ['https://example.com/roles', { 'https://example.com/roles': 'x' }],
    ['claims.https://example.com/roles', { 'https://example.com/roles': 'x' }],
    ['cognito:groups', { 'cognito:groups': 'x' }],
    ['/resource_access/orders.api/roles', { resource_access: { 'orders.api': { roles: 'x' } } }],
    ['/roles/0', { roles: ['x'] }],
  ] as const)
    assert.equal(claimPath(text).read(claims), 'x', text);
  for (const text of ['claims.toString', '/constructor/name', 'a.b', '/a/b'])
    assert.equal(claimPath(text).read({ a: { c: 1 } }), undefined, text);
});

describe('groups in the forms that providers give them', () => {
  const forms: readonly (readonly [
    what: string,
    groups: object | string,
    claims: object,
    expected: readonly string[],
  ])[] = [
    [
      'of several claims',
      ['/realm/roles', '/client/roles'],
      { realm: { roles: ['a'] }, client: { roles: ['b', 'a'] } },
      ['a', 'b'],
    ],
    ['a list in a text', { claim: 'roles', separator: ' ' }, { roles: 'a b' }, ['a', 'b']],
    ['a list in a text with commas', { claim: 'roles', separator: ',' }, { roles: 'a, b,' }, ['a', 'b']],
    ['the names of an object', { claim: '/roles', members: 'names' }, { roles: { a: {}, b: {} } }, ['a', 'b']],
    [
      'of one tenant, by name',
      { claim: '/roles', members: 'names-of-tenant' },
      { org: 't1', roles: { a: { t1: 'x' }, b: { t2: 'x' }, c: ['t1'] } },
      ['a', 'c'],
    ],
    [
      'of one tenant, by path',
      '/tenants/{tenant}/roles',
      { org: 't1', tenants: { t1: { roles: ['a'] }, t2: { roles: ['b'] } } },
      ['a'],
    ],
  ];
  for (const [what, groups, claims, expected] of forms) {
    test(what, async () => {
      const tenant = JSON.stringify(groups).includes('tenant') ? { tenant: '/org' } : {};
      const { status, auth } = await withClaims({ groups, ...tenant }, claims);
      assert.deepEqual([status, auth['groups']], [200, expected]);
    });
  }
  test('what cannot be read makes nobody trusted', async () => {
    for (const roles of ['a b', { a: true }, [{ a: 1 }]])
      assert.equal((await withClaims({ groups: '/roles' }, { roles })).reason, 'claim-groups');
  });
});

test('subject, scopes and tenant wherever they are', async () => {
  const places: readonly (readonly [entry: object, claims: object, expected: readonly unknown[]])[] = [
    [{ subject: '/oid' }, { oid: 'o1' }, ['o1', ['orders:read', 'orders:write'], undefined]],
    [{ subject: ['/email', '/azp'] }, { azp: 'web' }, ['web', ['orders:read', 'orders:write'], undefined]],
    [{ subject: '/user/id' }, { user: { id: 42 } }, ['42', ['orders:read', 'orders:write'], undefined]],
    [{ scopes: '/permissions' }, { permissions: ['a', 'b'] }, ['ada', ['a', 'b'], undefined]],
    [{ scopes: ['/scope', '/permissions'] }, { scope: 'a', permissions: ['b', 'a'] }, ['ada', ['a', 'b'], undefined]],
    [
      { tenant: 'https://example.com/org' },
      { 'https://example.com/org': 7 },
      ['ada', ['orders:read', 'orders:write'], '7'],
    ],
  ];
  for (const [entry, claims, expected] of places) {
    const { status, auth } = await withClaims(entry, claims);
    assert.deepEqual(
      [status, auth['subject'], auth['scopes'], auth['tenant']],
      [200, ...expected],
      JSON.stringify(entry),
    );
  }
  const missing = await withClaims({ subject: '/oid' }, {});
  assert.deepEqual([missing.status, missing.reason], [401, 'no-subject']);
  assert.match(missing.log ?? '', /looked for \/oid/);
});

describe('claims that a token must have', () => {
  const rules: readonly (readonly [require: object, good: readonly object[], bad: readonly object[]])[] = [
    [
      { token_use: 'access' },
      [{ token_use: 'access' }],
      [{}, { token_use: 'other' }, { token_use: ['x'] }, { token_use: true }],
    ],
    [
      { client_id: ['web', 'app'] },
      [{ client_id: 'web' }, { client_id: 'app' }],
      [{ client_id: 'webapp' }, { client_id: '' }, { client_id: null }],
    ],
    [{ email_verified: true }, [{ email_verified: true }], [{ email_verified: 'true' }, { email_verified: false }, {}]],
    [{ level: 2 }, [{ level: 2 }], [{ level: '2' }, { level: 3 }]],

    [{ amr: 'mfa' }, [{ amr: ['pwd', 'mfa'] }, { amr: 'mfa' }], [{ amr: ['pwd'] }, { amr: [] }]],
    [{ typ: 'ID' }, [{ typ: 'ID' }], [{ typ: 'Bearer' }]],
  ];
  for (const [require, good, bad] of rules) {
    test(JSON.stringify(require), async () => {
      for (const claims of good)
        assert.equal((await withClaims({ require }, claims)).status, 200, JSON.stringify(claims));
      for (const claims of bad) {
        const { status, reason, log } = await withClaims({ require }, claims);
        assert.equal(status, 401, JSON.stringify(claims));
        if (reason === 'claim-required') assert.match(log ?? '', /claim '.*' is (?:missing|another); expected/);
      }
    });
  }
  test('without an audience, the client binds', async () => {
    const entry = { issuer, jwks, require: { azp: 'web' } };
    for (const [claims, status] of [
      [{ aud: undefined, azp: 'web' }, 200],
      [{ aud: 'anything', azp: 'web' }, 200],
      [{ aud: undefined, azp: 'other' }, 401],
      [{ aud: 'orders' }, 401],
    ] as const)
      assert.equal((await caller(entry, { token: await identity.token(claims as never) })).status, status);
  });
  test('an audience that is missing is told with what was expected', async () => {
    const { log } = await withClaims({}, { aud: ['account', 'x'] });
    assert.equal(log, 'aud is account, x; expected orders');
  });
});

describe('tokens of a shared secret', () => {
  const secret = 'kT7vQ2mXz9rLw4Yb8NcDaPqRsUiOeJhGfWnBvCxZ';
  const old = 'zB5cW8xR1tN4mK7jH0gF3dS6aP9oI2uY5tR8eW1q';
  const signed = (claims: object, by = secret, alg = 'HS256') =>
    new SignJWT({ exp: Math.floor(Date.now() / 1000) + 60, ...claims })
      .setProtectedHeader({ alg, typ: 'JWT' })
      .sign(Buffer.from(by));
  test('as tutorials make them: a number for the user, no issuer, no audience', async () => {
    const entry = { secret, subject: '/id', groups: '/role' };
    const { status, auth } = await caller(entry, { token: await signed({ id: 42, role: 'admin' }) });
    assert.deepEqual([status, auth['subject'], auth['groups'], auth['issuer']], [200, '42', ['admin'], 'it']);
    assert.equal((await caller(entry, { token: await signed({ id: 42 }, old) })).reason, 'bad-signature');
    assert.equal((await caller(entry, { token: await signed({}) })).reason, 'no-subject');
    assert.equal((await caller(entry, { token: await signed({ id: 1, exp: undefined }) })).reason, 'claim-exp');
    assert.equal((await caller(entry, { token: await signed({ id: 1 }, `${secret}${secret}`, 'HS512') })).status, 401);
  });
  test('an old and a new one, issuer and audience where they are written', async () => {
    const entry = { secret: [secret, old], issuer: 'https://api.company.com', audience: 'web' };
    const claims = { sub: 'ada', iss: 'https://api.company.com', aud: 'web' };
    for (const by of [secret, old])
      assert.equal((await caller(entry, { token: await signed(claims, by) })).auth['issuer'], claims.iss);
    assert.equal((await caller(entry, { token: await signed({ ...claims, iss: 'x' }) })).reason, 'claim-iss');
    assert.equal((await caller(entry, { token: await signed({ ...claims, aud: 'x' }) })).reason, 'claim-aud');
  });
  test('a short one, or one that everybody knows, is refused with its reason', async () => {
    const asked = { token: 'x' };
    await assert.rejects(caller({ secret: 'shhh' }, asked), /secret is 4 bytes long, and HS256 needs at least 32/);
    await assert.rejects(
      caller({ secret, algorithms: ['HS512'] }, asked),
      /is 40 bytes long, and HS512 needs at least 64/,
    );
    await assert.rejects(caller({ secret, algorithms: ['RS256'] }, asked), /RS256, which no secret verifies/);
    await assert.rejects(caller({ secret, jwks }, asked), /a secret and jwks/);
    const server = { contract: contract(), environment: 'production' as const };
    for (const known of ['your-256-bit-secret-your-256-bit-secret', 'a'.repeat(40)])
      await assert.rejects(guarded({ ...server, authentication: { it: { secret: known } } }), /secret of tokens/);
  });
});

describe('a token elsewhere than in Authorization', () => {
  const apiKey = (place: string, name: string): object => ({ type: 'apiKey', in: place, name });
  test('where the document says it is', async () => {
    const token = await identity.token();
    for (const [scheme, sent, path] of [
      [apiKey('header', 'Cf-Access-Jwt-Assertion'), { headers: { 'cf-access-jwt-assertion': token } }, '/orders'],
      [apiKey('header', 'Authorization'), { headers: { authorization: `Bearer ${token}` } }, '/orders'],
      [apiKey('header', 'Authorization'), { headers: { authorization: token } }, '/orders'],
      [apiKey('cookie', 'at'), { headers: { cookie: `at=${token}` } }, '/orders'],
      [apiKey('query', 'access_token'), {}, `/orders?access_token=${token}`],
    ] as const)
      assert.equal((await caller(own, sent, scheme, path)).auth['subject'], 'ada', JSON.stringify(scheme));
  });
  test('where the entry says it is, and nowhere else', async () => {
    const token = await identity.token();
    for (const [from, sent, path] of [
      [{ header: 'X-Goog-IAP-JWT-Assertion' }, { headers: { 'x-goog-iap-jwt-assertion': token } }, '/orders'],
      [{ cookie: 'access_token' }, { headers: { cookie: `access_token=${token}` } }, '/orders'],
      [{ query: 'access_token' }, {}, `/orders?access_token=${token}`],
    ] as const) {
      assert.equal((await caller({ ...own, from }, sent, undefined, path)).status, 200, JSON.stringify(from));
      assert.equal((await caller({ ...own, from }, { token })).status, 401, JSON.stringify(from));
    }
  });
  test('a cookie has the defence against forged requests', async () => {
    const value = await identity.token();
    const entry = { ...own, from: { cookie: '__Host-at' }, csrf: { secret: 'kT7vQ2mXz9rLw4Yb8NcDaPqRsUiOeJhG' } };
    const post = (headers: Record<string, string>) => ({
      method: 'POST',
      headers: { cookie: `__Host-at=${value}`, ...headers },
    });
    assert.equal((await caller(entry, post({ origin: 'https://evil.example' }))).reason, 'cross-site-request');
    assert.equal((await caller(entry, post({}))).reason, 'csrf-token-missing');
    assert.equal((await caller(entry, post({ 'x-csrf-token': csrfToken(value, entry.csrf.secret) }))).status, 200);
  });
});

test('fixed keys as bearer tokens, with a word before them, and in fields of their own', async () => {
  const key = 'sk_live_kT7vQ2mXz9rLw4Yb8NcDaPqRs';
  const entry = { keys: { [key]: { subject: 'billing' } } };
  for (const [scheme, headers] of [
    [{ type: 'http', scheme: 'bearer' }, { authorization: `Bearer ${key}` }],
    [{ type: 'http', scheme: 'bearer' }, { authorization: `bearer ${key}` }],
    [{ type: 'http', scheme: 'ApiKey' }, { authorization: `ApiKey ${key}` }],
    [{ type: 'http', scheme: 'token' }, { authorization: `Token ${key}` }],
    [{ type: 'apiKey', in: 'header', name: 'Authorization' }, { authorization: `ApiKey ${key}` }],
    [{ type: 'apiKey', in: 'header', name: 'Authorization' }, { authorization: key }],
    [{ type: 'apiKey', in: 'header', name: 'X-Api-Key' }, { 'x-api-key': key }],
  ] as const) {
    assert.equal(
      (await caller(entry, { headers }, scheme)).auth['subject'],
      'billing',
      JSON.stringify([scheme, headers]),
    );
    const wrong = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}x`]));
    assert.equal((await caller(entry, { headers: wrong }, scheme)).status, 401);
  }
  // What a store of the application's own counts in seconds is no moment of 1970.
  const seconds = Math.floor(Date.now() / 1000);
  const record = { id: 'k1', subject: 'billing', scopes: [], groups: [], createdAt: 0 };
  for (const [expiresAt, status] of [
    [seconds + 60, 200],
    [(seconds + 60) * 1000, 200],
    [seconds - 60, 401],
    [(seconds - 60) * 1000, 401],
  ] as const) {
    const store = { find: () => ({ ...record, expiresAt }) };
    assert.equal((await caller({ store }, { token: key })).status, status, String(expiresAt));
  }
});
