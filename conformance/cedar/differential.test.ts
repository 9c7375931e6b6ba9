// 20,000 generated cases from a fixed seed. `npm run fuzz -- policy` runs a million.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from '../../fuzz/policy/compare.ts';

test('20,000 generated cases are decided as the official engine decides them', { timeout: 900_000 }, () => {
  const { tally, disagreement } = compare(20_000, 78);
  assert.equal(disagreement, undefined);
  assert.equal(tally.cases, 20_000);
  assert.ok(tally.allowed > 1000 && tally.erring > 1000 && tally.determined > 3000, 'the cases are of all kinds');
});
