import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { JSONWebKeySet, JWK } from 'jose';
import { asymmetricAlgorithms } from './algorithms.ts';
import { pinnedAlgorithms, readVerificationKey } from './verification-key.ts';
import { keyText, readVerificationKeys } from './verification-keys.ts';

const jwkOf = (pair: ReturnType<typeof generateKeyPairSync>): JWK => pair.publicKey.export({ format: 'jwk' }) as JWK;
const ec = (namedCurve: string): ReturnType<typeof generateKeyPairSync> => generateKeyPairSync('ec', { namedCurve });
const p256Pair = ec('P-256');
const [p256, p384, p521] = [jwkOf(p256Pair), jwkOf(ec('P-384')), jwkOf(ec('P-521'))];
const ed = jwkOf(generateKeyPairSync('ed25519'));
const rsa = jwkOf(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const weakRsa = jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }));
const secret = (bytes: number): JWK => ({ kty: 'oct', k: Buffer.alloc(bytes, 7).toString('base64url') });
/** An RSA key of that many bits, whose modulus nobody has factors of. */
const rsaOf = (bits: number, more: object = {}): JWK => ({
  kty: 'RSA',
  e: 'AQAB',
  n: Buffer.from(
    ((1n << BigInt(bits - 1)) + 12_345n).toString(16).padStart(Math.ceil(bits / 8) * 2, '0'),
    'hex',
  ).toString('base64url'),
  ...more,
});
const exponent = (value: number): object => ({
  e: Buffer.from(value.toString(16).padStart(10, '0'), 'hex').toString('base64url'),
});
const allRsa = ['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];

const good: readonly (readonly [name: string, jwk: JWK, algorithms: readonly string[], more?: object])[] = [
  ['P-256', p256, ['ES256']],
  ['P-384', p384, ['ES384']],
  ['P-521', p521, ['ES512']],
  ['P-521 by its other name', { ...p521, alg: 'ES521' }, ['ES512']],
  ['Ed25519', ed, ['EdDSA', 'Ed25519']],
  ['Ed25519 that says so', { ...ed, alg: 'Ed25519' }, ['Ed25519']],
  ['RSA', rsa, allRsa],
  ['RSA for one algorithm', { ...rsa, alg: 'PS384' }, ['PS384']],
  ['RSA of as many bits as may be', rsaOf(8192), allRsa],
  ['a key for signatures', { ...p256, use: 'sig', key_ops: ['sign', 'verify'], kid: 'a' }, ['ES256'], { kid: 'a' }],
  ['a key whose name is no text', { ...p256, kid: 1 as never }, ['ES256']],
  ['a secret of 32 bytes', secret(32), ['HS256'], { symmetric: true }],
  ['a secret of 47 bytes', secret(47), ['HS256'], { symmetric: true }],
  ['a secret of 48 bytes', secret(48), ['HS256', 'HS384'], { symmetric: true }],
  ['a secret of 64 bytes', secret(64), ['HS256', 'HS384', 'HS512'], { symmetric: true }],
  ['a secret for one algorithm', { ...secret(48), alg: 'HS384' }, ['HS384'], { symmetric: true }],
  ['a secret with a private part', { ...secret(32), d: 'x' } as JWK, ['HS256'], { symmetric: true }],
];
for (const [name, jwk, algorithms, more] of good)
  test(`a key that is good: ${name}`, async () => {
    const result = await readVerificationKey(jwk);
    assert.equal('key' in result, true, JSON.stringify(result));
    if (!('key' in result)) return;
    const { key } = result;
    assert.deepEqual(
      [key.algorithms, key.kid, key.symmetric],
      [algorithms, (more as { kid?: string })?.kid, (more as { symmetric?: true })?.symmetric === true],
    );
    for (const algorithm of algorithms) {
      const imported = await key.import(algorithm);
      assert.deepEqual([imported.usages, imported === (await key.import(algorithm))], [['verify'], true]);
    }
  });

const bad: readonly (readonly [name: string, jwk: unknown, code: string, message?: RegExp])[] = [
  ['nothing', null, 'broken-key'],
  ['a text', 'x', 'broken-key'],
  ['no type', {}, 'broken-key'],
  ['a type that is no text', { kty: 1 }, 'broken-key'],
  ['for encryption', { ...p256, use: 'enc' }, 'not-for-signatures', /'enc'/],
  ['without verifying', { ...p256, key_ops: ['sign'] }, 'not-for-signatures'],
  ['with operations that are no list', { ...p256, key_ops: 'verify' }, 'not-for-signatures'],
  ['private', p256Pair.privateKey.export({ format: 'jwk' }), 'private-key'],
  ['of a type that nobody knows', { kty: 'XYZ' }, 'unknown-algorithm', /'XYZ'/],
  ['of a curve that nobody knows', { ...p256, crv: 'secp256k1' }, 'unknown-algorithm'],
  ['of an algorithm that nobody knows', { ...p256, alg: 'ES256K' }, 'unknown-algorithm', /'ES256K'/],
  ['of an algorithm for encryption', { ...rsa, alg: 'RSA-OAEP' }, 'unknown-algorithm'],
  ['without one', { ...p256, alg: 'none' }, 'unknown-algorithm'],
  ['of another type', { ...p256, alg: 'RS256' }, 'mismatched-key'],
  ['of another curve', { ...p256, alg: 'ES384' }, 'mismatched-key'],
  ['ES521 of another curve', { ...p256, alg: 'ES521' }, 'unknown-algorithm'],
  ['public, for a secret’s algorithm', { ...p256, alg: 'HS256' }, 'mismatched-key'],
  ['a short secret', secret(31), 'weak-key', /248 bits.*256/],
  ['a secret shorter than its hash', { ...secret(47), alg: 'HS384' }, 'weak-key', /376 bits.*384/],
  ['a secret shorter than its long hash', { ...secret(63), alg: 'HS512' }, 'weak-key', /504 bits.*512/],
  ['no secret', { kty: 'oct' }, 'weak-key', /0 bits/],
  ['RSA of few bits', weakRsa, 'weak-key', /1024/],
  ['RSA of one bit too few', rsaOf(2047), 'weak-key', /2047/],
  ['RSA of one bit too many', rsaOf(8193), 'weak-key', /8193/],
  ['RSA with the exponent 1', rsaOf(2048, exponent(1)), 'weak-key', /exponent/],
  ['RSA with an even exponent', rsaOf(2048, exponent(65_538)), 'weak-key', /exponent/],
  ['RSA with a huge exponent', rsaOf(2048, exponent(0x1_0000_0001)), 'weak-key', /exponent/],
  ['RSA without a modulus', { kty: 'RSA', e: 'AQAB' }, 'broken-key', /modulus/],
  ['RSA without an exponent', { ...rsa, e: undefined }, 'broken-key', /modulus/],
  ['RSA whose modulus is no number', { ...rsa, n: 'a+b/' }, 'broken-key', /modulus/],
  ['RSA whose modulus is too long', { ...rsa, n: 'A'.repeat(4097) }, 'broken-key', /modulus/],
  ['a point that is on no curve', { ...p256, x: p384.x }, 'broken-key', /imported/],
];
for (const [name, jwk, code, message] of bad)
  test(`a key that is not used: ${name}`, async () => {
    const result = await readVerificationKey(jwk as JWK);
    assert.equal('problem' in result ? result.problem.code : 'good', code);
    if (message !== undefined && 'problem' in result) assert.match(result.problem.message, message);
  });

test('exponents that are safe', async () => {
  for (const value of [3, 17, 65_537, 0xffff_ffff]) {
    const result = await readVerificationKey(rsaOf(2048, exponent(value)));
    assert.equal('key' in result, true, String(value));
  }
});

test('pins of keys are what they say of themselves', async () => {
  const [one, two] = [await readVerificationKey(p256), await readVerificationKey({ ...rsa, alg: 'PS256' })];
  assert.ok('key' in one && 'key' in two);
  assert.deepEqual(pinnedAlgorithms([one.key, two.key, one.key]), ['ES256', 'PS256']);
  assert.deepEqual(pinnedAlgorithms([]), asymmetricAlgorithms);
});

interface Set {
  readonly keys: readonly JWK[];
}

/** What becomes of a set: the indexes of the keys that serve, and the others with why. */
async function setOf({ keys }: Set): Promise<object> {
  const read = await readVerificationKeys({ keys } as JSONWebKeySet);
  if ('unusable' in read) return { code: read.code, unusable: read.unusable };
  return {
    good: read.keys.length,
    problems: read.problems.map(({ index, problem }) => `${index} ${problem.code}`).sort(),
  };
}

const named = (jwk: JWK, kid: string): JWK => ({ ...jwk, kid });
const sets: readonly (readonly [name: string, keys: readonly JWK[], expected: object])[] = [
  ['one', [p256], { good: 1, problems: [] }],
  ['the same once more', [p256, { ...p256 }], { good: 1, problems: [] }],
  [
    'the same in another order',
    [{ kty: 'EC', ...p256 }, Object.fromEntries(Object.entries(p256).reverse()) as JWK],
    { good: 1, problems: [] },
  ],
  ['a broken one beside a good one', [{ kty: 'XYZ' }, p256], { good: 1, problems: ['0 unknown-algorithm'] }],
  [
    'two of one name',
    [named(p256, 'a'), named(jwkOf(ec('P-256')), 'a'), named(ed, 'b')],
    { good: 1, problems: ['0 ambiguous-key', '1 ambiguous-key'] },
  ],
  ['two of one name for different algorithms', [named(p256, 'a'), named(ed, 'a')], { good: 2, problems: [] }],
  ['two without a name', [p256, jwkOf(ec('P-256'))], { good: 2, problems: [] }],
  ['a secret beside a public key', [secret(32), p256], { good: 1, problems: ['0 mixed-keys'] }],
  ['secrets among themselves', [secret(32), secret(48)], { good: 2, problems: [] }],
  [
    'only a weak one',
    [secret(8)],
    {
      code: 'weak-key',
      unusable: 'has no usable key: key 0 is a secret of 64 bits; its algorithm needs at least 256 (32 bytes)',
    },
  ],
  [
    'only broken ones',
    [{ kty: 'XYZ' }, secret(8)],
    { code: 'bad-jwks', unusable: "has no usable key: key 0 has type 'XYZ', which nothing here verifies with" },
  ],
  ['a hundred', Array.from({ length: 100 }, (_, at) => named(ed, String(at))), { good: 100, problems: [] }],
  [
    'more',
    Array.from({ length: 101 }, (_, at) => named(ed, String(at))),
    { code: 'bad-jwks', unusable: 'has more than 100 keys' },
  ],
  ['none', [], { code: 'bad-jwks', unusable: 'has no keys' }],
];
for (const [name, keys, expected] of sets)
  test(`a key set: ${name}`, async () => assert.deepEqual(await setOf({ keys }), expected));

test('what is no key set', async () => {
  for (const none of [undefined, null, 'x', {}, { keys: {} }, { keys: 'x' }])
    assert.deepEqual(await readVerificationKeys(none as never), { code: 'bad-jwks', unusable: 'has no keys' });
});

test('which key a token is verified with', async () => {
  const find = async (
    keys: readonly JWK[],
    kid: string | undefined,
    algorithm: string,
  ): Promise<string | undefined> => {
    const read = await readVerificationKeys({ keys } as JSONWebKeySet);
    assert.ok('find' in read);
    const found = read.find(kid, algorithm);
    return found === undefined ? undefined : `${found.kid} ${found.algorithms[0]}`;
  };
  const two = [named(p256, 'a'), named(jwkOf(ec('P-256')), 'b')];
  for (const [keys, kid, algorithm, expected] of [
    [two, 'a', 'ES256', 'a ES256'],
    [two, 'b', 'ES256', 'b ES256'],
    [two, 'c', 'ES256', undefined],
    [two, 'a', 'ES384', undefined],
    [two, undefined, 'ES256', undefined],
    [[named(p256, 'a'), named(ed, 'b')], undefined, 'ES256', 'a ES256'],
    [[named(p256, 'a'), named(ed, 'b')], 'b', 'ES256', undefined],
    [[p256], 'x', 'ES256', 'undefined ES256'],
    [[p256], undefined, 'ES256', 'undefined ES256'],
    [[p256, ed], 'x', 'ES256', undefined],
    [[p256, ed], undefined, 'ES256', 'undefined ES256'],
    [[p256, named(jwkOf(ec('P-256')), 'b')], 'b', 'ES256', 'b ES256'],
    [[p256, named(jwkOf(ec('P-256')), 'b')], undefined, 'ES256', undefined],
  ] as const)
    assert.equal(await find(keys, kid, algorithm), expected, `${kid} ${algorithm} of ${keys.length}`);
});

test('what tells one key from another', () => {
  assert.equal(keyText({ a: 1, b: 2 }), keyText({ b: 2, a: 1 }));
  assert.notEqual(keyText({ a: 1 }), keyText({ a: 2 }));
  assert.deepEqual([keyText(null), keyText('x'), keyText(undefined)], ['null', '"x"', '']);
});
