// Random policies and documents: a list filter selects in every store the documents that are permitted one by one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.ts';

test(
  'filters in PostgreSQL, SQLite and MongoDB select what is permitted one by one',
  { timeout: 300_000 },
  async () => {
    const { tally, disagreement } = await compare(80, 78, 6);
    assert.deepEqual(disagreement, undefined);
    // Enough must be told apart, and little refused, for the comparison to mean anything.
    assert.ok(tally.cases > 4_800, `${tally.cases} decisions`);
    assert.ok(tally.some > 30, `${tally.some} sets tell documents apart`);
    assert.ok(tally.failing > 30, `${tally.failing} documents on which a forbid failed`);
    const { postgresql = 0, sqlite = 0, mongodb = 0 } = tally.refused;
    assert.ok(postgresql < 8 && sqlite === postgresql && mongodb < 40, JSON.stringify(tally.refused));
  },
);
