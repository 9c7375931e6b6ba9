// promise: cors
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { varied } from './vary.ts';

test('a name is added to what stands there, once', () => {
  assert.equal(varied(undefined, 'Origin'), 'Origin');
  assert.equal(varied('', 'Origin'), 'Origin');
  assert.equal(varied('Accept', 'Origin'), 'Accept, Origin');
  assert.equal(varied(['Accept', 'Cookie'], 'Origin'), 'Accept, Cookie, Origin');
  for (const set of ['*', 'origin', 'Accept, ORIGIN']) assert.equal(varied(set, 'Origin'), set);
});
