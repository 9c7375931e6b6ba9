import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startPostgres } from '../real/postgres.ts';
import { killRegistry, seeded } from './killing.ts';
import { startRegistry, startReporter } from './reporters.ts';

test(
  'a registry on PGlite is killed under load: nothing is lost, nothing is counted twice',
  { timeout: 280_000 },
  async () => {
    // A hundred times, under more load: npm run bench -- registry-kill.
    const rounds = process.env['CASTELLAN_WHOLE'] === '1' ? 5 : 1;
    const { seen, lost, days, whole, callers } = await killRegistry(rounds, seeded(7), undefined, undefined, 150);
    assert.ok(seen > 50, String(seen));
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
    const registries = await Promise.all([startRegistry(postgres.url), startRegistry(postgres.url)]);
    t.after(() => Promise.all(registries.map((one) => one.kill())));
    const key = await registries[0].keyFor('a');
    const reporters = registries.map(({ url }, at) =>
      startReporter({ url, key, name: `guard-${at}`, directory: join(folder, String(at)) }, 50),
    );
    const random = seeded(3);
    for (let round = 0; round < 2; round++) {
      await new Promise((resolve) => setTimeout(resolve, 300 + random() * 500));
      await postgres.stop();
      await new Promise((resolve) => setTimeout(resolve, random() * 300));
      await postgres.start();
    }
    await Promise.all(reporters.map((one) => one.finish()));
    const seen = reporters.reduce((sum, one) => sum + one.seen(), 0);
    assert.ok(seen > 50, String(seen));
    assert.deepEqual(
      reporters.map((one) => one.lost()),
      [0, 0],
    );
    assert.deepEqual(await registries[1].stop(), [seen, seen, seen]);
  },
);
