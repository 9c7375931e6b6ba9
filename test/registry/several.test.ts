// Several registries on one PostgreSQL.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { openStore } from '@castellan/registry';
import { sql } from 'kysely';
import { runJob } from '../../packages/registry/src/upkeep/job.ts';
import { startPostgres } from '../real/postgres.ts';
import { startRegistry } from './reporters.ts';

async function startJob(t: TestContext, ...args: readonly string[]) {
  const child = spawn(
    process.execPath,
    ['--conditions=@castellan/source', join(import.meta.dirname, 'job-process.ts'), ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  t.after(() => void child.kill('SIGKILL'));
  await once(createInterface(child.stdout), 'line');
  return child;
}

test(
  'several that start at once on an empty database make its tables and one administrator',
  { timeout: 280_000 },
  async (t) => {
    const postgres = await startPostgres(t);
    if (postgres === undefined) return t.skip('PostgreSQL is not on this machine');
    const registries = await Promise.all([1, 2, 3].map(() => startRegistry(postgres.url)));
    t.after(() => Promise.all(registries.map((one) => one.kill())));
    for (const { url } of registries) assert.equal((await fetch(`${url}/openapi.json`)).status, 200);
    const store = await openStore({ url: postgres.url });
    t.after(() => store.close());
    const administrators = await store.db
      .selectFrom('guards')
      .select('id')
      .where('role', '=', 'administrator')
      .execute();
    assert.equal(administrators.length, 1);
    const { rows } = await sql`select name from kysely_migration group by name having count(*) > 1`.execute(store.db);
    assert.deepEqual(rows, []);
  },
);

test(
  'a job is done by one of them in each period; where that one is killed another does it, once',
  { timeout: 280_000 },
  async (t) => {
    const postgres = await startPostgres(t);
    if (postgres === undefined) return t.skip('PostgreSQL is not on this machine');
    const store = await openStore({ url: postgres.url });
    t.after(() => store.close());
    const holder = await startJob(t, postgres.url, 'first', 'hold');
    const again = { name: 'held', every: 86_400_000 * 365, run: async () => 'done' };
    assert.equal(await runJob(store, again, 'second'), false);
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    // The server sees the end of the connection at once; the lock and what was written are gone with it.
    let done = false;
    for (let tries = 0; tries < 100 && !done; tries++) done = await runJob(store, again, 'second');
    assert.equal(done, true);
    assert.deepEqual(await store.db.selectFrom('journal').select('actor').where('kind', '=', 'held').execute(), []);
    const job = await store.db.selectFrom('jobs').selectAll().where('name', '=', 'held').executeTakeFirstOrThrow();
    assert.equal(job.holder, 'second');

    const children = await Promise.all(['a', 'b', 'c'].map((name) => startJob(t, postgres.url, name, 'count')));
    const ends = children.map((child) => once(child, 'exit'));
    for (const child of children) child.stdin.write('go\n');
    await Promise.all(ends);
    const periods = await store.db.selectFrom('journal').select('detail').where('kind', '=', 'counted').execute();
    assert.ok(periods.length > 5, String(periods.length));
    assert.equal(new Set(periods.map(({ detail }) => detail)).size, periods.length);
  },
);
