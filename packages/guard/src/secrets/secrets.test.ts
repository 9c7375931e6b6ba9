import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { createKey, isWholeKey } from '../keys/key-format.ts';
import { literalSecrets, resolveReferences } from './reference.ts';
import { entropyBits, isKnownSecret, secretProblem } from './strength.ts';

describe('strength', () => {
  test('random secrets are estimated near what they have', () => {
    for (let i = 0; i < 20_000; i++) {
      const random = createHash('sha256').update(`seed ${i}`).digest();
      const secret = random.toString('base64url');
      const bits = entropyBits(secret);
      assert.ok(bits > 180 && bits <= 262, `${bits} bits`);
      assert.equal(secretProblem(secret, 128), undefined, secret);
      const hex = entropyBits(random.subarray(16).toString('hex'));
      assert.ok(hex > 90 && hex <= 128, `${hex} bits`);
    }
  });

  test('what can be guessed is not taken for random', () => {
    for (const secret of [
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      '12345678901234567890',
      'abcdefghijklmnop',
      'Summer2026!',
    ])
      assert.ok(entropyBits(secret) < 64, `${secret}: ${entropyBits(secret)}`);
  });

  test('defaults, placeholders and examples of documentation are known', () => {
    for (const secret of [
      'secret',
      'Changeme',
      'your-256-bit-secret',
      'keyboard cat',
      'my-example-key-123',
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'xxxxxxxx',
      'sk_xxxx',
      'TODO: set me before the release',
      'dummysecret-for-the-tests',
      'give-your-own-key-here-12345',
    ])
      assert.equal(isKnownSecret(secret), true, secret);
    assert.equal(isKnownSecret(Buffer.alloc(32)), true);
    for (const random of ['q7Fq2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0Jp', 'q7Fq2ZToDo4Tr8YcXxXx6Nb3Hd5duMMy0JpyOur_9'])
      assert.equal(isKnownSecret(random), false, random);
  });
});

describe('references', () => {
  const env = { TOKEN: 's3cret', EMPTY: '' };

  test('are replaced in plain values, names and parts of texts, and nowhere else', () => {
    class Store {
      readonly text = '${env:TOKEN}';
    }
    const store = new Store();
    const { value } = resolveReferences(
      'authentication',
      { a: '${env:TOKEN}', b: ['x-${env:TOKEN}'], c: { '${env:TOKEN}': 1 }, store, verify: Math.max },
      { env },
    );
    assert.deepEqual(
      { ...value, store: 0, verify: 0 },
      { a: 's3cret', b: ['x-s3cret'], c: { s3cret: 1 }, store: 0, verify: 0 },
    );
    assert.equal(value.store, store);
  });

  test('what they name must be there; the message has the place and no value', () => {
    for (const [text, code] of [
      ['${env:MISSING}', 'unset-variable'],
      ['${env:EMPTY}', 'unset-variable'],
      ['${file:/nonexistent}', 'unreadable-secret'],
      ['${TOKEN}', 'bad-reference'],
    ] as const)
      assert.throws(() => resolveReferences('authentication', { oauth: { secret: text } }, { env }), { code });
  });

  test('secrets that are written out are named by place', () => {
    const found = literalSecrets({
      apiKey: { keys: { q7Fq2Zx9: { subject: 'a' }, '${env:KEY}': { subject: 'b' } } },
      basic: {
        users: [
          { name: 'ada', password: 'p' },
          { name: 'bob', password: '${file:p}' },
        ],
      },
      oauth: { introspection: { client: { id: 'x', secret: 'y' } }, jwks: { keys: [{ kty: 'oct', k: 'z' }] } },
      signed: { signatures: { keys: { machine: { key: '-----BEGIN PUBLIC KEY-----', subject: 'm' } } } },
    });
    assert.deepEqual(found, [
      'apiKey.keys (entry 0)',
      'basic.users[0].password',
      'oauth.introspection.client.secret',
      'oauth.jwks.keys[0].k',
    ]);
  });
});

test('API keys: recognisable, of 256 bits, and a mistyped one is told from a wrong one', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 500; i++) {
    const { id, key } = createKey();
    assert.match(key, /^cstl_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/);
    assert.ok(key.includes(id));
    assert.equal(isWholeKey(key), true);
    const at = 16 + (i % 40);
    const changed = key.slice(0, at) + (key[at] === 'a' ? 'b' : 'a') + key.slice(at + 1);
    assert.equal(isWholeKey(changed), false);
    seen.add(key);
  }
  assert.equal(seen.size, 500);
});
