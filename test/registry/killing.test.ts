import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKey, openStore } from '@castellan/registry';
import { startPostgres } from '../real/postgres.ts';
import { killRegistry, seeded } from './killing.ts';
import { countedIn, startRegistry, startReporter } from './reporters.ts';

test(
  'a registry on PGlite is killed again and again: nothing is lost, nothing is counted twice',
  { timeout: 280_000 },
  async () => {
    const { seen, lost, days, whole, callers } = await killRegistry(2, seeded(7));
    assert.ok(seen > 100);
    assert.deepEqual([lost, days, whole, callers], [0, seen, seen, seen]);
  },
);

test(
  'PostgreSQL ends and comes back under load, two registries before it: the same',
  { timeout: 280_000 },
  async (t) => {
    const postgres = await startPostgres(t);
    if (postgres === undefined) return t.skip('PostgreSQL is not on this machine');
    const folder = mkdtempSync(join(tmpdir(), 'castellan-postgres-down-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const store = await openStore({ url: postgres.url });
    const { key } = await createKey(store, { name: 'a', role: 'guard', api: 'a' });
    await store.close();
    const registries = await Promise.all([startRegistry(postgres.url), startRegistry(postgres.url)]);
    t.after(() => Promise.all(registries.map((one) => one.kill())));
    const reporters = registries.map(({ url }, at) =>
      startReporter({ url, key, name: `guard-${at}`, directory: join(folder, String(at)) }),
    );
    const random = seeded(3);
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setTimeout(resolve, 300 + random() * 500));
      await postgres.stop();
      await new Promise((resolve) => setTimeout(resolve, random() * 300));
      await postgres.start();
    }
    await Promise.all(reporters.map((one) => one.finish()));
    const seen = reporters.reduce((sum, one) => sum + one.seen(), 0);
    assert.ok(seen > 100);
    assert.deepEqual(
      reporters.map((one) => one.lost()),
      [0, 0],
    );
    assert.deepEqual(await countedIn(postgres.url), [seen, seen, seen]);
  },
);
