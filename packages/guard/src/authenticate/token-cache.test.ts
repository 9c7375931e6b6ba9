import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheSize, renamedOptions } from './token-cache.ts';

const entry = { issuer: 'https://login.company.com', audience: 'orders' };

test('remember is the older name of cachedTokens, and a notice says so', () => {
  assert.equal(cacheSize(entry), 50_000);
  for (const size of [0, 1, 10_000_000]) {
    assert.equal(cacheSize({ ...entry, cachedTokens: size }), size);
    assert.equal(cacheSize({ ...entry, remember: size }), size);
  }
  assert.deepEqual(renamedOptions('oauth', [entry, { ...entry, cachedTokens: 0 }]), []);
  const [notice] = renamedOptions('oauth', [entry, { ...entry, remember: 10 }]);
  assert.equal(notice?.code, 'renamed-option');
  assert.match(notice.message, /^authentication\.oauth\.remember .* write cachedTokens$/);
});
