// 5,000 generated cases from a fixed seed. `npm run fuzz -- policy` runs a million.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from '../../fuzz/policy/compare.ts';

test('5,000 generated cases are decided as the official engine decides them', { timeout: 900_000 }, () => {
  const { tally, disagreement } = compare(5_000, 78);
  assert.equal(disagreement, undefined);
  assert.equal(tally.cases, 5_000);
  assert.ok(tally.allowed > 250 && tally.erring > 250 && tally.determined > 750, 'the cases are of all kinds');
});
