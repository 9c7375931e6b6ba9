import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { correctTemplate } from '../sightings/corrections.ts';
import { recordSightings } from '../sightings/record.ts';
import { openStore, type Store } from '../store/open.ts';
import { runJob, type Job } from './job.ts';
import { defaultRetention, retentionJob, rollUp } from './retention.ts';
import { startUpkeep } from './start.ts';

const day = 86_400_000;
let now = Date.UTC(2026, 10, 29, 12);
let store: Store;
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => now });
});
after(() => store.close());
beforeEach(async () => {
  now = Date.UTC(2026, 10, 29, 12);
  for (const table of ['jobs', 'sightings', 'traffic', 'templates', 'journal', 'consumers'] as const)
    await store.db.deleteFrom(table).execute();
});

/** Numbers below 1 that are the same in each run (Park and Miller). */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; state = (state * 48_271) % 2_147_483_647) yield state / 2_147_483_647;
}

/** What `sightings` and `traffic` add up to, by all that stays when days are rolled up. */
async function sumsOf(table: 'sightings' | 'traffic'): Promise<Record<string, string>> {
  const { rows } = await sql<{ key: string; sums: string }>`
    select concat_ws(' ', api, environment, source, host, method, template) as key,
      concat_ws(' ', sum(hits), sum(ok), sum(redirected), sum(refused), sum(failed), sum(bytes_in), sum(bytes_out), sum(duration),
        extract(epoch from min(first_seen)), extract(epoch from max(last_seen))) as sums
    from ${sql.table(table)} group by 1`.execute(store.db);
  return Object.fromEntries(rows.map(({ key, sums }) => [key, sums]));
}

function differing(a: Record<string, string>, b: Record<string, string>): readonly string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names]
    .filter((name) => a[name] !== b[name])
    .map((name) => `${name.slice(0, 60)}: ${a[name]} and ${b[name]}`);
}

test('whatever is recorded, corrected and rolled up in whatever order, days add up to the whole and nothing is lost', async () => {
  for (const seed of [1, 7, 42]) {
    await store.db.deleteFrom('sightings').execute();
    await store.db.deleteFrom('traffic').execute();
    const random = numbers(seed);
    const below = (most: number): number => Math.floor((random.next().value as number) * most);
    const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
    let hits = 0;
    for (let step = 0; step < 40; step++) {
      const what = below(10);
      if (what === 0) await rollUp(store, pick([0, 1, 20, 45, 92, 400]) * day);
      else if (what === 1)
        await correctTemplate(store, pick(['', 'a.example']), pick(['/{any}', '/users/{id}', '/{a}/{b}']));
      else {
        const sightings = Array.from({ length: 1 + below(30) }, () => {
          const time = now - below(500) * day - below(day);
          const counts = {
            hits: 1 + below(1_000),
            ok: below(9),
            redirected: below(9),
            refused: below(9),
            failed: below(9),
          };
          hits += counts.hits;
          return {
            api: pick(['', 'shop', 'pay']),
            host: pick(['', 'a.example']),
            method: pick(['GET', 'POST']),
            template: pick([
              '/users/1',
              '/users/2',
              '/users/{id}',
              '/x',
              '/long/'.padEnd(1_500, 'y'),
              '/long/'.padEnd(1_400, 'y'),
            ]),
            documented: below(2) === 0,
            day: new Date(time).toISOString().slice(0, 10),
            counts: {
              ...counts,
              bytesIn: below(1e9),
              bytesOut: below(1e9),
              duration: below(1e6),
              first: time,
              last: time,
            },
          };
        });
        await recordSightings(store, sightings, {
          environment: pick(['production', 'qa']),
          source: pick(['guard', 'har']),
        });
      }
    }
    const traffic = await sumsOf('traffic');
    assert.deepEqual(differing(await sumsOf('sightings'), traffic), [], `seed ${seed}`);
    await rollUp(store, 0);
    assert.deepEqual(differing(await sumsOf('sightings'), traffic), [], `seed ${seed}, rolled up`);
    const { rows } = await sql<{ hits: number; days: number }>`
      select sum(hits) as hits, (count(*) filter (where right(day, 3) <> '-01' and day < '2026-11-29'))::int as days from sightings`.execute(
      store.db,
    );
    assert.deepEqual(rows, [{ hits, days: 0 }]);
  }
});

test('what is kept how long is what is said, and the youngest that is kept stays', async () => {
  const at = (age: number) => new Date(now - age * day);
  const sighting = (age: number, template: string) => {
    const time = at(age).getTime();
    const counts = {
      hits: 1,
      ok: 1,
      redirected: 0,
      refused: 0,
      failed: 0,
      bytesIn: 0,
      bytesOut: 0,
      duration: 0,
      first: time,
      last: time,
    };
    return {
      api: 'a',
      host: '',
      method: 'GET',
      template,
      documented: true,
      day: at(age).toISOString().slice(0, 10),
      counts,
    };
  };
  const ages = [0, 5, 29, 31, 100, 300, 364, 400, 500];
  await recordSightings(
    store,
    ages.map((age) => sighting(age, `/${age}`)),
    { environment: 'e', source: 's' },
  );
  await store.db
    .insertInto('consumers')
    .values(
      ages.map((age) => ({
        api: 'a',
        environment: 'e',
        operation: `${age}`,
        principal: '',
        credential: '',
        hits: 1,
        last_seen: at(age),
      })),
    )
    .execute();
  await store.db
    .insertInto('journal')
    .values(ages.map((age) => ({ time: at(age), actor: '', kind: 'k', detail: `${age}` })))
    .execute();
  const retention = { ...defaultRetention, days: 30 * day, counts: 365 * day, consumers: 100 * day, journal: 10 * day };
  assert.equal(await runJob(store, retentionJob(retention), 'me'), true);
  const left = await store.db
    .selectFrom('sightings')
    .select(['template', 'day'])
    .orderBy('last_seen', 'desc')
    .execute();
  assert.deepEqual(
    left.map((one) => `${one.template} ${one.day}`),
    [
      '/0 2026-11-29',
      '/5 2026-11-24',
      '/29 2026-10-31',
      '/31 2026-10-01',
      '/100 2026-08-01',
      '/300 2026-02-01',
      '/364 2025-11-01',
    ],
  );
  assert.deepEqual(Object.keys(await sumsOf('traffic')).length, 7);
  assert.equal((await store.db.selectFrom('consumers').select('operation').execute()).length, 5);
  assert.equal((await store.db.selectFrom('journal').select('id').execute()).length, 2);
  const job = await store.db.selectFrom('jobs').selectAll().executeTakeFirstOrThrow();
  assert.deepEqual([job.holder, job.result], ['me', '6 counts of days rolled up to months, 15 rows deleted']);
});

test('a job is done once in each period, whoever asks and however often; one that fails is not done', async () => {
  let done = 0;
  let fails = false;
  const job: Job = {
    name: 'count',
    every: 1_000,
    async run(tx) {
      await tx.db
        .insertInto('environments')
        .values({ name: `period-${done}`, production: false })
        .execute();
      if (fails) throw new Error('it failed');
      done += 1;
      return 'counted';
    },
  };
  for (let period = 1; period <= 4; period++) {
    const ran = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => runJob(store, job, holder)));
    const again = await runJob(store, job, 'late');
    assert.deepEqual([ran.filter(Boolean).length, again, done], [1, false, period]);
    now += 1_000;
  }
  fails = true;
  await assert.rejects(runJob(store, job, 'a'), /it failed/);
  assert.equal(
    (await store.db.selectFrom('environments').selectAll().where('name', '=', 'period-4').execute()).length,
    0,
  );
  fails = false;
  assert.equal(await runJob(store, job, 'b'), true);
  // A clock that is behind does nothing a second time.
  now -= 2_000;
  assert.equal(await runJob(store, job, 'a'), false);
});

test('upkeep does what is due, tells what failed, and cleans a PGlite', async () => {
  const failed: string[] = [];
  let ran = 0;
  const jobs: Job[] = [
    { name: 'bad', every: 1_000, run: async () => Promise.reject(new Error('no')) },
    { name: 'good', every: 1_000, run: async () => String((ran += 1)) },
  ];
  const upkeep = startUpkeep(store, {
    jobs,
    onError: (name, error) => void failed.push(`${name} ${String(error)}`),
    holder: 'h',
  });
  await Promise.all([upkeep.run(), upkeep.run()]);
  assert.deepEqual([ran, failed], [1, ['bad Error: no']]);
  const positionOf = async (): Promise<number> => {
    const { rows } = await sql<{
      at: number;
    }>`select (redo_lsn - '0/0')::float8 as at from pg_control_checkpoint()`.execute(store.db);
    return rows[0]?.at ?? 0;
  };
  const begin = await positionOf();
  for (const age of [60_000, 300_000, 3_600_000]) {
    now += age;
    await upkeep.run();
  }
  assert.equal((await positionOf()) > begin, !store.cleansItself);
  await upkeep.stop();
  assert.deepEqual(
    failed.filter((one) => !one.startsWith('bad')),
    [],
  );
});
