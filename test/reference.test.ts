// The reference is what the code has: a word, flag, error, notice or limit without a line fails here.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compared } from './reference/examples.ts';
import { unexplainedEventFields } from './reference/events.ts';
import { unexplainedFields } from './reference/header-fields.ts';
import { pages } from './reference/pages.ts';
import { promised, shown } from './reference/promises.ts';
import { unshownWords } from './reference/tables.ts';

for (const [name, text] of Object.entries(await pages()))
  test(`docs/reference/${name} is what the code has`, () => {
    const written = readFileSync(join(import.meta.dirname, '../docs/reference', name), 'utf8');
    assert.equal(written, text, 'npm run reference');
  });

test('every option and key is shown in a guide', async () => {
  await pages();
  assert.deepEqual([...unshownWords], []);
});

test('every flag of every command is in an example, and examples have no other', async () => {
  assert.deepEqual(await compared(), { unshown: [], unknown: [] });
});

test('every field of events has a line, and every line a field', () => {
  assert.deepEqual(unexplainedEventFields(), []);
});

test('every header field that the sources name has a line', () => {
  assert.deepEqual(unexplainedFields(), []);
});

test('every promise of the guides has a test, and each test names a promise', () => {
  const promises = promised();
  assert.deepEqual(
    promises.filter(({ tests }) => tests.length === 0).map(({ page, id }) => `${page}: ${id}`),
    [],
  );
  const ids = promises.map(({ id }) => id);
  assert.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  );
  assert.deepEqual(
    [...shown().keys()].filter((id) => !ids.includes(id)),
    [],
  );
});
