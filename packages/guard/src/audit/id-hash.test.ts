// promise: ids-hashed
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { compileIdHash } from './id-hash.ts';

test('it is HMAC-SHA-256 of type and id, for keys and ids of every length', () => {
  for (let size = 1; size < 140; size += 7)
    for (const id of ['', 'x', 'ä'.repeat(size), '9'.repeat(size * 3)]) {
      const key = 'k'.repeat(size);
      const expected = createHmac('sha256', key).update(`Order\0${id}`).digest('base64url').slice(0, 16);
      assert.equal(compileIdHash(key)('Order', id), expected);
    }
});

test('without a key it is one of the process; type and id are told apart', () => {
  assert.equal(compileIdHash()('Order', 'a'), compileIdHash()('Order', 'a'));
  assert.notEqual(compileIdHash()('Order', 'a'), compileIdHash('a key that is kept')('Order', 'a'));
  assert.notEqual(compileIdHash()('Order', 'a'), compileIdHash()('Orde', 'ra'));
});
