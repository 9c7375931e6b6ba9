import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openStore } from '../store/open.ts';
import { migrations } from '../store/migrations/index.ts';
import { fillEveryTable } from '../../test/every-table.ts';
import { deleteApi } from './delete-api.ts';

/** What stays: keys, so that guards which still run are heard of, and what happened. */
const stays: ReadonlySet<string> = new Set(['guards', 'incidents']);

test('nothing that is known of an API outlives it, in whichever table it stands', async () => {
  const store = await openStore({ url: 'memory:' });
  try {
    await fillEveryTable(store, Object.keys(migrations), 4);
    const { rows } = await sql<{ name: string }>`
      select table_name as name from information_schema.columns
      where table_schema = current_schema() and column_name = 'api'`.execute(store.db);
    assert.ok(rows.length >= 10, String(rows.length));
    await deleteApi(store, 'k1');
    for (const { name } of rows) {
      const left = await sql<{ api: string }>`select distinct api from ${sql.table(name)} order by 1`.execute(store.db);
      const apis = left.rows.map(({ api }) => api);
      assert.equal(apis.includes('k1'), stays.has(name), `${name}: ${apis.join(', ')}`);
      assert.ok(apis.includes('k2'), `${name}: ${apis.join(', ')}`);
    }
  } finally {
    await store.close();
  }
});
