// Small parts of which authentication is made, each at its edges.
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { checkClaims, identityOf, typeFits, usualSubject } from './claims.ts';
import { claimPath } from './claim-path.ts';
import { groupsRule } from './group-claims.ts';
import { readClientKey } from './client-key.ts';
import { formatPasswordHash, parsePasswordHash } from './password.ts';
import { queryNotices } from './query-notices.ts';
import { LocalReplayMemory } from './replay.ts';
import { isRoca } from './roca.ts';
import { signatureBase } from './signature-base.ts';
import { verifySignature } from './signature.ts';
import { parseDictionary, type InnerList } from './structured-fields.ts';

test('a key in the query is told of, one elsewhere is not', () => {
  for (const place of ['query', 'header', 'cookie'] as const) {
    const notices = queryNotices({ name: 'k', type: 'apiKey', in: place, key: 'x' } as never);
    assert.deepEqual(
      notices.map(({ code }) => code),
      place === 'query' ? ['key-in-query'] : [],
    );
  }
});

test('a proof is used once, for as long as it could be, and none is forgotten for another', () => {
  const memory = new LocalReplayMemory(512);
  assert.equal(memory.use('a', 100, 0), 'fresh');
  assert.equal(memory.use('a', 100, 99), 'used');
  assert.equal(memory.use('a', 300, 100), 'fresh', 'it is over at its end');
  const outcomes = Array.from({ length: 5000 }, (_, i) => memory.use(`b${i}`, i % 2 === 0 ? 200 : 300, 100));
  assert.ok(outcomes.includes('full') && !outcomes.includes('used'));
  for (const [i, outcome] of outcomes.entries())
    if (outcome === 'fresh') assert.equal(memory.use(`b${i}`, 300, 150), 'used', `${i}`);
  assert.equal(memory.use('a', 300, 150), 'used');
  assert.equal(memory.use(`b${outcomes.indexOf('full')}`, 300, 200), 'fresh', 'what is over gives its place away');
});

test('Argon2id hashes: each number within its limits, nothing else', () => {
  const of = (memory: number | string, passes: number, parallelism: number): string =>
    `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$c2FsdHNhbHRzYWx0$${'A'.repeat(43)}`;
  for (const good of [of(7168, 1, 1), of(1_048_576, 20, 1), of(19_456, 2, 4)])
    assert.equal(formatPasswordHash(parsePasswordHash(good, 'it')), good);
  for (const bad of [
    of(7167, 1, 1),
    of(1_048_577, 1, 1),
    of(19_456, 0, 1),
    of(19_456, 21, 1),
    of(19_456, 2, 0),
    of('x', 2, 1),
    of(19_456, 2, 1).replace('argon2id', 'argon2i'),
    of(19_456, 2, 1).replace('v=19', 'v=16'),
    `${of(19_456, 2, 1)}$`,
    'secret',
    '',
  ])
    assert.throws(() => parsePasswordHash(bad, 'it'), { code: 'bad-password-hash' }, bad);
});

test('moduli of a broken generator are known', () => {
  const product = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
  ]
    .concat([107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167])
    .reduce((all, prime) => all * BigInt(prime), 1n);
  // Each of its primes is k * product + 65537^a, so the modulus is a power of 65537 modulo each small prime.
  const prime = (k: bigint, a: number): bigint => k * product + 65537n ** BigInt(a);
  assert.equal(isRoca(prime(12_345n, 7) * prime(98_765n, 5)), true);
  assert.equal(isRoca(prime(12_345n, 7) * prime(98_765n, 5) + 2n), false);
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n } = publicKey.export({ format: 'jwk' });
  assert.equal(isRoca(BigInt(`0x${Buffer.from(n ?? '', 'base64url').toString('hex')}`)), false);
});

test('each kind of client key verifies its own signatures and no others', async () => {
  const data = Buffer.from('what is signed');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const ed = generateKeyPairSync('ed25519');
  const pss = { padding: 6, saltLength: 64 };
  const made = (hash: string | undefined, key: typeof rsa, more: object = {}): Buffer =>
    sign(hash, data, { key: createPrivateKey(key.privateKey.export({ type: 'pkcs8', format: 'pem' })), ...more });
  const ieee = { dsaEncoding: 'ieee-p1363' };
  const rows = [
    ['ecdsa-p256-sha256', p256, {}, made('sha256', p256, ieee)],
    ['ecdsa-p384-sha384', p384, {}, made('sha384', p384, ieee)],
    ['ed25519', ed, {}, made(undefined, ed)],
    ['rsa-v1_5-sha256', rsa, { alg: 'RS256' }, made('sha256', rsa)],
    ['rsa-pss-sha512', rsa, { alg: 'PS512' }, made('sha512', rsa, pss)],
  ] as const;
  for (const [name, { publicKey }, more, signature] of rows) {
    const key = await readClientKey('test', { ...publicKey.export({ format: 'jwk' }), ...more } as never);
    for (const [other, , , theirs] of rows)
      assert.equal(key.verify(data, theirs), other === name, `${name} with a signature of ${other}`);
    assert.equal(key.verify(Buffer.from('another'), signature), false);
  }
});

test('components of a signature base are what was sent', () => {
  const request = {
    incoming: { method: 'GET', target: '/a/b?c=d&e', rawHeaders: ['X-A', ' 1 ', 'x-b', '2', 'x-a', '3'], headers: {} },
    url: 'https://api.example.com:8443/a/b',
  } as never;
  const of = (name: string, asked = request): string | undefined => {
    const input = parseDictionary(`sig=("${name}")`)?.get('sig') as InnerList;
    return signatureBase(input, asked)?.split('\n')[0]?.replace(`"${name}": `, '');
  };
  for (const [name, value] of [
    ['@method', 'GET'],
    ['@authority', 'api.example.com:8443'],
    ['@scheme', 'https'],
    ['@path', '/a/b'],
    ['@query', '?c=d&e'],
    ['@target-uri', 'https://api.example.com:8443/a/b?c=d&e'],
    ['@request-target', '/a/b?c=d&e'],
    ['x-a', '1, 3'],
    ['x-b', '2'],
    ['x-c', undefined],
    ['X-A', undefined],
    ['@status', undefined],
    ['@query-param', undefined],
  ] as const)
    assert.equal(of(name), value, name);
  const plain = { incoming: { method: 'GET', target: '/a', rawHeaders: [], headers: {} }, url: 'http://a/a' } as never;
  assert.deepEqual([of('@query', plain), of('@path', plain), of('@target-uri', plain)], ['?', '/a', 'http://a/a']);
  assert.equal(of('@method', { ...(request as object), url: 'no address' } as never), undefined);
});

test('structured fields: what RFC 8941 writes, and nothing near it', () => {
  for (const good of ['a=1', 'a=?1, b=?0', 'a=("x" "y");z=1', 'a=:AAAA:', 'a="q\\"q"', 'a=1.5;b;c=d', 'a=( )', 'a=-1'])
    assert.notEqual(parseDictionary(good), undefined, good);
  for (const bad of [
    'a=',
    'A=1',
    'a=1,',
    'a=1;B=2',
    'a=1;',
    'a=1;b=1;b=2',
    'a=("x""y")',
    'a=("x"',
    'a="x',
    'a=:A',
    'a=?2',
    '=1',
    'a b',
    'a=1;b=',
  ])
    assert.equal(parseDictionary(bad), undefined, bad);
  const parameters = (count: number): string => `a=1${Array.from({ length: count }, (_, i) => `;p${i}`).join('')}`;
  assert.notEqual(parseDictionary(parameters(8)), undefined);
  assert.equal(parseDictionary(parameters(5000)), undefined);
});

test('the header of a token', async () => {
  const of = async (header: object): Promise<string> => {
    const token = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.AAAA`;
    const result = await verifySignature(token, ['ES256'], () => undefined);
    return 'problem' in result ? String(result.problem) : 'verified';
  };
  for (const [header, problem] of [
    [{}, 'malformed-token'],
    [[], 'malformed-token'],
    [{ alg: 1 }, 'malformed-token'],
    [{ alg: 'none' }, 'algorithm-not-allowed'],
    [{ alg: 'HS1' }, 'algorithm-not-allowed'],
    [{ alg: 'toString' }, 'algorithm-not-allowed'],
    [{ alg: 'ES256', kid: 1 }, 'malformed-token'],
    [{ alg: 'ES256', typ: 1 }, 'malformed-token'],
    [{ alg: 'ES256', crit: [] }, 'critical-extension'],
    [{ alg: 'ES256', b64: false }, 'unencoded-payload'],
    // Never looked at, so that they change nothing.
    [{ alg: 'ES256', jwk: {} }, 'unknown-key'],
    [{ alg: 'ES256', jku: 'x' }, 'unknown-key'],
    [{ alg: 'ES256', x5c: [] }, 'unknown-key'],
    [{ alg: 'ES256' }, 'unknown-key'],
  ] as const)
    assert.equal(await of(header), problem, JSON.stringify(header));
});

test('types of tokens, their times and their tenants', () => {
  for (const typ of [undefined, 'JWT', 'at+jwt', 'application/at+JWT']) assert.equal(typeFits(typ, undefined), true);
  for (const typ of ['logout+jwt', 'dpop+jwt', '']) assert.equal(typeFits(typ, undefined), false);
  assert.equal(typeFits('at+jwt', 'application/AT+jwt'), true);
  for (const typ of [undefined, 'jwt']) assert.equal(typeFits(typ, 'at+jwt'), false);
  const rules = {
    issuerFits: (iss: unknown) => iss === 'i',
    audience: 'a',
    clockSkew: 5,
    required: [],
    subject: usualSubject,
  };
  const good = { iss: 'i', aud: 'a', sub: 's', exp: 100, iat: 0 };
  for (const [more, seconds, fits] of [
    [{}, 0, true],
    [{}, 104.9, true],
    [{}, 105.1, false],
    [{ nbf: 10 }, 4, false],
    [{ nbf: 10 }, 6, true],
    [{ exp: undefined }, 0, false],
    [{ exp: '100' }, 0, false],
    [{ iss: 'j' }, 0, false],
    [{ aud: ['b', 'a'] }, 0, true],
    [{ aud: ['b'] }, 0, false],
    [{ aud: undefined }, 0, false],
  ] as const)
    assert.equal(checkClaims({ ...good, ...more }, rules, 1000 * seconds) === undefined, fits, JSON.stringify(more));
  for (const [tenant, expected] of [
    ['acme', 'acme'],
    [7, '7'],
    [true, undefined],
    [['acme'], undefined],
    [undefined, undefined],
  ] as const) {
    const identity = identityOf(
      { ...good, tenant },
      'i',
      'jwt',
      'x',
      { subject: usualSubject, groups: groupsRule('groups'), scopes: undefined, tenant: claimPath('tenant') },
      undefined,
    );
    assert.deepEqual(
      [identity.tenant, identity.issuedAt, identity.credential],
      [expected, 0, { kind: 'jwt', id: 'x', expiresAt: 100_000 }],
    );
  }
});
