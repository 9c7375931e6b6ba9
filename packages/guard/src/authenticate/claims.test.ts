import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimPath } from './claim-path.ts';
import {
  audienceFits,
  checkClaims,
  claimedIssuer,
  frozen,
  identityOf,
  isAccessToken,
  readClaims,
  usualSubject,
  type ClaimRules,
  type Claims,
} from './claims.ts';
import { groupsOf, groupsRule } from './group-claims.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('a claims set is one object, read in one way', () => {
  assert.deepEqual(readClaims(bytes('{"a":{"b":[1,{"c":true}]},"n":null}')), { a: { b: [1, { c: true }] }, n: null });
  for (const none of [
    '',
    '1',
    'null',
    '"a"',
    '[]',
    '[{}]',
    '{',
    '{"a":1,"a":2}',
    '{"a":1}x',
    `{"a":"${'x'.repeat(70_000)}"}`,
  ])
    assert.equal(readClaims(bytes(none)), undefined, none.slice(0, 20));
});

test('claims stand still to the last leaf, and keep their digits and names', () => {
  const claims = readClaims(bytes('{"a":{"b":[{"c":1}]},"n":12345678901234567890}')) as {
    readonly a: { readonly b: readonly unknown[] };
    readonly n: unknown;
  };
  assert.equal(claims.n, '12345678901234567890');
  for (const place of [claims, claims.a, claims.a.b, claims.a.b[0]]) assert.equal(Object.isFrozen(place), true);
  const named = frozen(JSON.parse('{"__proto__":{"x":1}}')) as object;
  assert.deepEqual([Object.keys(named), Object.getPrototypeOf(named)], [['__proto__'], Object.prototype]);
  assert.deepEqual([frozen(1), frozen('a'), frozen(null), frozen(true), frozen(7n)], [1, 'a', null, true, '7']);
});

const rules: ClaimRules = {
  issuerFits: (iss) => iss === 'i',
  audience: ['a', 'b'],
  clockSkew: 5,
  required: [],
  subject: usualSubject,
};
const good = { iss: 'i', aud: 'a', sub: 's', exp: 200 };
const at = 100;

/** Claims that are changed, rules that are changed, and why it is refused. */
const rows: readonly (readonly [more: Claims, rules: Partial<ClaimRules>, reason: string | undefined])[] = [
  [{}, {}, undefined],
  [{ iss: undefined }, {}, 'claim-iss'],
  [{ iss: 'I' }, {}, 'claim-iss'],
  [{ aud: 'c' }, {}, 'claim-aud'],
  // Times, to the second.
  [{ exp: 95 }, {}, 'token-expired'],
  [{ exp: 96 }, {}, undefined],
  [{ exp: -1 }, {}, 'claim-exp'],
  [{ exp: 32_503_680_000 }, {}, 'claim-exp'],
  [{ exp: 32_503_679_999 }, {}, undefined],
  [{ exp: '200' }, {}, 'claim-exp'],
  [{ nbf: 105 }, {}, undefined],
  [{ nbf: 106 }, {}, 'claim-nbf'],
  [{ nbf: 0 }, {}, undefined],
  [{ nbf: '0' }, {}, 'claim-nbf'],
  [{ nbf: null }, {}, 'claim-nbf'],
  [{ iat: 105 }, {}, undefined],
  [{ iat: 106 }, {}, 'claim-iat'],
  [{ iat: 'x' }, {}, 'claim-iat'],
  [{ iat: 50 }, { maxLifetime: 150 }, undefined],
  [{ iat: 50 }, { maxLifetime: 149 }, 'lives-too-long'],
  [{}, { maxLifetime: 1000 }, 'lives-too-long'],
  // Who it is.
  [{ sub: undefined }, {}, 'no-subject'],
  [{ sub: undefined, client_id: 'c' }, {}, undefined],
  [{ sub: undefined, client_id: '' }, {}, 'no-subject'],
  [{ sub: undefined, client_id: 1 }, {}, 'no-subject'],
  [{ sub: '', client_id: 'c' }, {}, 'no-subject'],
  [{ sub: null, client_id: 'c' }, {}, 'no-subject'],
  [{ sub: 1 }, {}, 'no-subject'],
  [{ sub: 'x'.repeat(1024) }, {}, undefined],
  [{ sub: 'x'.repeat(1025) }, {}, 'no-subject'],
  [{ token_use: 'id' }, {}, 'token-use'],
  [{ jti: 'x' }, {}, undefined],
  [{ jti: 1 }, {}, 'claim-jti'],
  [{ jti: null }, {}, 'claim-jti'],
  [{ jti: '' }, {}, undefined],
  [{ jti: 'x' }, { once: true }, undefined],
  [{ jti: '' }, { once: true }, 'claim-jti'],
  [{}, { once: true }, 'claim-jti'],
  [{}, { once: false }, undefined],
];
for (const [more, other, reason] of rows)
  test(`claims ${JSON.stringify(more).slice(0, 60)} under ${JSON.stringify(other)}`, () =>
    assert.equal(checkClaims({ ...good, ...more }, { ...rules, ...other }, at * 1000)?.reason, reason));

test('an audience is one of those that are expected, as a text or in a list of texts', () => {
  for (const [aud, expected, fits] of [
    ['a', 'a', true],
    ['a', ['b', 'a'], true],
    ['ab', 'a', false],
    ['a', 'ab', false],
    ['', 'a', false],
    [['b', 'a'], 'a', true],
    [['a', 1], 'a', false],
    [[], 'a', false],
    [['b'], 'a', false],
    [1, 'a', false],
    [undefined, 'a', false],
    [null, 'a', false],
    [{ 0: 'a', length: 1 }, 'a', false],
  ] as const)
    assert.equal(audienceFits(aud, expected), fits, `${JSON.stringify(aud)} for ${String(expected)}`);
});

test('a token says what it is for under any of the usual names', () => {
  for (const name of ['token_use', 'tokenUse', 'token_type', 'tokenType', 'typ', 'token_kind']) {
    for (const use of [
      'refresh',
      'id',
      'Refresh Token',
      'id_token',
      ' ID-Token ',
      'logout',
      'offline',
      'auth-code',
      'authorization_code',
      1,
      {},
      true,
    ])
      assert.equal(isAccessToken({ [name]: use }), false, `${name} ${String(use)}`);
    for (const use of ['access', 'Bearer', 'identity', 'refreshed', 'paid', '', null, undefined])
      assert.equal(isAccessToken({ [name]: use }), true, `${name} ${String(use)}`);
  }
  for (const [type, is] of [
    ['refresh', false],
    [' Refresh_Token ', false],
    ['id', true],
    ['person', true],
    [1, true],
  ] as const)
    assert.equal(isAccessToken({ type }), is, String(type));
});

test('the issuer that a token names, before anything is believed', () => {
  const of = (payload: string): string | undefined =>
    claimedIssuer(`x.${Buffer.from(payload).toString('base64url')}.y`);
  assert.deepEqual(
    [of('{"iss":"i"}'), of('{"iss":1}'), of('{}'), of('[]'), claimedIssuer('x'), claimedIssuer('')],
    ['i', '', '', undefined, undefined, undefined],
  );
});

test('paths of claims', () => {
  const claims: Claims = { a: { b: [1] }, t: 'text', n: null };
  for (const [path, value] of [
    ['a.b', [1]],
    ['claims.a.b', [1]],
    ['/a/b', [1]],
    ['a', { b: [1] }],
    ['a.c', undefined],
    ['a.toString', undefined],
    ['toString', undefined],
    ['t.length', undefined],
    ['n.x', undefined],
    ['n', null],
  ] as const)
    assert.deepEqual(claimPath(path).read(claims), value, path);
});

test('groups: a list, one text, none; or what cannot be read', () => {
  for (const [value, groups] of [
    [undefined, []],
    [null, []],
    ['', []],
    ['admin', ['admin']],
    ['a b', undefined],
    ['a,b', undefined],
    ['a;b', undefined],
    [7, ['7']],
    [
      ['a', 7],
      ['a', '7'],
    ],
    [['a', true], undefined],
    [['a', null], undefined],
    [[], []],
    [true, undefined],
    [{ admin: true }, undefined],
  ] as const)
    assert.deepEqual(groupsOf({ groups: value }, groupsRule(), undefined), groups, JSON.stringify(value));
});

test('the identity of a token', () => {
  const of = (claims: Claims, boundTo?: string): object =>
    identityOf(
      claims,
      'i',
      'opaque-token',
      'digest',
      { subject: usualSubject, groups: groupsRule('g'), scopes: undefined, tenant: undefined },
      boundTo,
    );
  const none = { issuer: 'i', scopes: [], groups: [] };
  assert.deepEqual(of({}), { ...none, subject: '', claims: {}, credential: { kind: 'opaque-token', id: 'digest' } });
  for (const [claims, expected] of [
    [{ sub: 's', client_id: 'c' }, { subject: 's' }],
    [{ client_id: 'c' }, { subject: 'c' }],
    [{ sub: 1 }, { subject: '' }],
    [{ scope: 'a  b ' }, { scopes: ['a', 'b'] }],
    [{ scp: ['a', 1, 'b'] }, { scopes: ['a', 'b'] }],
    [{ scp: 'a' }, { scopes: ['a'] }],
    [{ scope: 'a', scp: 'b' }, { scopes: ['a'] }],
    [{ scope: 1 }, { scopes: [] }],
    [{ g: 'x' }, { groups: ['x'] }],
    [{ g: true }, { groups: [] }],
    [{ iat: 1 }, { issuedAt: 1000 }],
    [{ iat: '1' }, {}],
    [{ exp: 2 }, { credential: { kind: 'opaque-token', id: 'digest', expiresAt: 2000 } }],
    [{ exp: '2' }, {}],
    [{ jti: 'j' }, { credential: { kind: 'opaque-token', id: 'j' } }],
    [{ jti: '' }, {}],
    [{ jti: 1 }, {}],
    [{ jti: 'x'.repeat(300) }, { credential: { kind: 'opaque-token', id: 'x'.repeat(256) } }],
    [{ tenant: 't' }, {}],
  ] as const)
    assert.deepEqual(of(claims), { ...(of({}) as object), claims, ...expected }, JSON.stringify(claims));
  assert.deepEqual((of({}, 'key') as { credential: object }).credential, {
    kind: 'opaque-token',
    id: 'digest',
    boundTo: 'key',
  });
  for (const part of ['scopes', 'groups', 'credential'] as const)
    assert.equal(Object.isFrozen((of({}) as Record<string, unknown>)[part]), true);
});
