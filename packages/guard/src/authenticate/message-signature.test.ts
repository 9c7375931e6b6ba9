import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readClientKey } from './client-key.ts';
import { digestFits } from './content-digest.ts';
import { signatureBase } from './signature-base.ts';
import { parseDictionary, type InnerList } from './structured-fields.ts';

// RFC 9421 appendix B.2: the request, and two of its signatures with their keys (appendix B.1).
const digest = 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';
const headers = {
  host: 'example.com',
  date: 'Tue, 20 Apr 2021 02:07:55 GMT',
  'content-type': 'application/json',
  'content-digest': digest,
  'content-length': '18',
};
const request = {
  incoming: {
    method: 'POST',
    target: '/foo?param=Value&Pet=dog',
    rawHeaders: Object.entries(headers).flat(),
    headers,
    httpVersion: '1.1',
    remoteAddress: '127.0.0.1',
    encrypted: true,
  },
  authorization: undefined,
  address: '127.0.0.1',
  url: 'https://example.com/foo',
  now: 1_618_884_473_000,
};

describe('the examples of RFC 9421', () => {
  for (const [name, key, field, signature] of [
    [
      'B.2.5, hmac-sha256',
      {
        kty: 'oct',
        alg: 'HS256',
        k: 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ',
      },
      'sig=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=',
    ],
    [
      'B.2.6, ed25519',
      { kty: 'OKP', crv: 'Ed25519', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs' },
      'sig=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    ],
  ] as const) {
    test(name, async () => {
      const input = parseDictionary(field)?.get('sig') as InnerList;
      const base = signatureBase(input, request) ?? '';
      const { verify } = await readClientKey('test', key as never);
      assert.equal(verify(Buffer.from(base), Buffer.from(signature, 'base64')), true);
      assert.equal(verify(Buffer.from(`${base} `), Buffer.from(signature, 'base64')), false);
    });
  }

  test('the content digest', () => {
    const content = Buffer.from('{"hello": "world"}');
    assert.equal(digestFits(digest, content), true);
    assert.equal(digestFits(digest, Buffer.from('{"hello": "World"}')), false);
    assert.equal(digestFits('md5=:AAAA:', content), false, 'a digest of no known algorithm says nothing');
    assert.equal(digestFits(`${digest}, sha-256=:AAAA:`, content), false, 'every digest must fit');
    assert.equal(digestFits('', Buffer.alloc(0)), true);
    assert.equal(digestFits('', content), false);
  });
});

test('what cannot be signed in one way only is not signed', () => {
  const base = (list: string): string | undefined =>
    signatureBase(parseDictionary(`s=${list}`)?.get('s') as InnerList, request);
  assert.equal(base('("date" "date")'), undefined, 'a component twice');
  assert.equal(base('("x-missing")'), undefined, 'a field that is not there');
  assert.equal(base('("date";sf)'), undefined, 'a parameter that changes the value');
  assert.equal(base('("@status")'), undefined, 'a component of responses');
  assert.equal(base('("Date")'), undefined, 'a name in upper case');
});

test('structured fields: what is no dictionary gives nothing, and nothing throws', () => {
  for (const text of [
    'a',
    'a=1,',
    'a=1,,b=2',
    'a=1,a=2',
    'A=1',
    'a=(',
    'a=("x"',
    'a=("x""y")',
    'a="\u00e9"',
    'a=:x',
    ' ,a=1',
  ])
    assert.equal(parseDictionary(text), undefined, text);
  assert.deepEqual([...(parseDictionary('a=1, b=?0;x="y";z,c=(tok 2.5);k=:AQ==:')?.keys() ?? [])], ['a', 'b', 'c']);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abA=(,;":)*1.?-+/ \t\\é'), maxLength: 60 }), (text) => {
      const parsed = parseDictionary(text);
      assert.ok(parsed === undefined || parsed.size <= 64);
    }),
    { seed: 9421, numRuns: 5000 },
  );
});
