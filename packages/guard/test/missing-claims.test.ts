// A claim that the entry names and no token has: told with names and no values, and no policy that forbids by it lets anybody by.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { compilePolicies } from '@castellan/policy';
import type { TokenConfiguration } from '../src/authenticate/index.ts';
import { heldAgainst } from '../src/authorize/held-against.ts';

import { send } from './client.ts';
import { guarded, identity } from './guarded.ts';
import { audience, issuer } from './tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-missing-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = (text: string): string => {
  const name = join(folder, `${++files}.cedar`);
  writeFileSync(name, text);
  return name;
};

const contract = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/orders': {
      get: {
        operationId: 'list',
        'x-castellan': { denied: 'remove' },
        responses: {
          200: {
            description: '',
            content: {
              'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Order' } } },
            },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Order: {
        type: 'object',
        'x-castellan': { resource: 'Order' },
        properties: { id: { type: 'string' }, tenant: { type: 'string' } },
      },
    },
  },
};

/** How many orders a caller sees; -1 where it is refused. */
async function seen(
  policies: string,
  entry: Partial<TokenConfiguration>,
  claims: object,
): Promise<{ readonly orders: number; readonly notices: readonly string[] }> {
  const server = await guarded(
    {
      contract,
      policies: file(policies),
      authentication: { token: { issuer, audience, jwks: identity.jwks, ...entry } },
    },
    (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('[{"id":"1","tenant":"a"},{"id":"2","tenant":"a"}]');
    },
  );
  try {
    const answer = await send(server.url, '/orders', { token: await identity.token({ ...claims }) });
    const notices = server.guard.notices.filter(({ code }) => code === 'claim-not-found').map(({ message }) => message);
    return {
      orders: answer.status === 200 ? (answer.json as unknown as unknown[]).length : -1,
      notices,
    };
  } finally {
    await server.close();
  }
}

const all = 'permit (principal, action, resource is Order);';
const byGroup = {
  'a head': `${all} forbid (principal in Group::"contractors", action, resource);`,
  'a condition': `${all} forbid (principal, action, resource) when { principal in Group::"contractors" };`,
  'an exception': 'permit (principal, action, resource is Order) unless { principal in Group::"contractors" };',
  'a negation': 'permit (principal, action, resource is Order) when { !(principal in Group::"contractors") };',
  'a branch':
    'permit (principal, action, resource is Order) when { if principal in Group::"contractors" then false else true };',
  'a comparison':
    'permit (principal, action, resource is Order) when { (principal in Group::"contractors") == false };',
};

describe('groups', () => {
  for (const [what, policies] of Object.entries(byGroup)) {
    test(`held against a caller by ${what}`, async () => {
      const entry = { groups: 'claims.realm.roles' };
      assert.ok((await seen(policies, entry, { roles: ['staff'] })).orders <= 0, 'the claim is not there');
      assert.ok((await seen(policies, {}, { _claim_names: { groups: 'src1' } })).orders <= 0, 'it is elsewhere');
      assert.ok((await seen(policies, {}, { hasgroups: true })).orders <= 0, 'there are too many');
      assert.ok((await seen(policies, entry, { realm: { roles: ['contractors'] } })).orders <= 0, 'a contractor');
      assert.equal((await seen(policies, entry, { realm: { roles: ['staff'] } })).orders, 2, 'another group');
      assert.equal((await seen(policies, entry, { realm: { roles: [] } })).orders, 2, 'no group');
      assert.equal((await seen(policies, { ...entry, optionalGroups: true }, {})).orders, 2, 'said to be optional');
      assert.equal((await seen(policies, {}, {})).orders, 2, 'no claim is named');
    });
  }
  test('what only permits by groups, or forbids by something else, needs none', async () => {
    for (const policies of [
      all,
      'permit (principal, action, resource is Order) when { principal in Group::"x" || true };',
      `${all} forbid (principal, action, resource) when { principal has issuer && principal.issuer == "bob" };`,
    ])
      assert.equal((await seen(policies, { groups: 'claims.roles' }, {})).orders, 2, policies);
  });
});

test('a tenant that no token has forbids as one that differs', async () => {
  const policies = `${all} forbid (principal, action, resource is Order) when { resource has tenant && principal has tenant && principal.tenant != resource.tenant };`;
  assert.ok((await seen(policies, { tenant: 'claims.tid' }, { tenant: 'a' })).orders <= 0);
  assert.ok((await seen(policies, { tenant: 'claims.tid' }, { tid: null })).orders <= 0);
  assert.ok((await seen(policies, { tenant: 'claims.tid' }, { tid: 'b' })).orders <= 0);
  assert.equal((await seen(policies, { tenant: 'claims.tid' }, { tid: 'a' })).orders, 2);
});

test('it is told with the names of the claims that there are, and not with their values', async () => {
  const told = await seen(all, { groups: 'claims.roles', tenant: 'claims.tid' }, { secret: 'hush', 'a\u001bb': 1 });
  assert.equal(told.notices.length, 2);
  for (const [index, message] of told.notices.entries()) {
    assert.match(message, index === 0 ? /groups is 'claims\.roles'/ : /tenant is 'claims\.tid'/);
    assert.match(message, /a\?b, aud, exp, iat, iss, scope, secret, sub/);
    assert.doesNotMatch(message, /hush|ada/);
  }
  assert.deepEqual((await seen(all, { groups: 'claims.roles' }, { roles: [] })).notices, []);
  assert.deepEqual((await seen(all, {}, {})).notices, []);
});

test('what a policy holds against a caller', () => {
  const of = (text: string): readonly string[] =>
    compilePolicies({ policies: text }).loaded.policies.flatMap(({ json }) => [...heldAgainst(json)]);
  for (const [text, expected] of [
    ['permit (principal in Group::"a", action, resource);', []],
    ['permit (principal, action, resource) when { principal in Group::"a" };', []],
    ['permit (principal, action, resource) when { principal is User in Group::"a" };', []],
    ['permit (principal, action, resource) when { !!(principal in Group::"a") };', []],
    ['forbid (principal is User in Group::"a", action, resource);', ['groups']],
    ['forbid (principal, action, resource) unless { principal is User in Group::"a" };', ['groups']],
    ['forbid (principal, action, resource) unless { principal has tenant };', ['tenant']],
    ['permit (principal, action, resource) unless { !(principal has tenant) };', []],
    ['permit (principal, action, resource) unless { ["a"].contains(principal.tenant) };', ['tenant']],
    ['forbid (principal, action, resource) when { resource.tenant == "a" };', []],
  ] as const)
    assert.deepEqual(of(text), expected, text);
});
