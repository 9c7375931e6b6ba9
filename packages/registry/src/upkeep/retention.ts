import { sql } from 'kysely';
import { added, summed, sums } from '../sightings/counters.ts';
import type { Store } from '../store/open.ts';
import type { Job } from './job.ts';

/** How long what is kept, milliseconds. */
export interface Retention {
  /** Counts by day; older ones are kept by month. */
  readonly days: number;
  /** Counts by month, and what was not seen since. */
  readonly counts: number;
  /** Who calls what, since the last call. */
  readonly consumers: number;
  /** What happened to the registry itself. */
  readonly journal: number;
}

const day = 86_400_000;

export const defaultRetention: Retention = {
  days: 92 * day,
  counts: 800 * day,
  consumers: 400 * day,
  journal: 400 * day,
};

/** Ids of reports that bear no number are kept so long, and the last number of a guard that is gone: a report may wait in its folder. */
const reports = { batches: 35 * day, reporters: 400 * day };

/** Rolls days up to months and deletes what is older than is kept; once an hour. */
export function retentionJob(retention: Retention = defaultRetention): Job {
  return {
    name: 'retention',
    every: 3_600_000,
    async run(store) {
      const rolled = await rollUp(store, retention.days);
      const deleted = await deleteOld(store, retention);
      return `${rolled} counts of days rolled up to months, ${deleted} rows deleted`;
    },
  };
}

/**
 * Adds counts of days that are older up to the first of their month; what they add up to stays what it was.
 * @param age milliseconds
 * @returns counts of a day that were rolled up
 */
export async function rollUp({ db, clock }: Store, age: number): Promise<number> {
  const kept = 'api, environment, source, host, method, template';
  const { rows } = await sql<{ rolled: number }>`
    with gone as (
      delete from sightings where day < ${dayOf(clock() - age)} and right(day, 3) <> '-01' returning *),
    here as (
      insert into sightings (${sql.raw(kept)}, documented, day, ${sql.raw(sums)}, first_seen, last_seen)
      select ${sql.raw(kept)}, (array_agg(documented order by day desc))[1], left(day, 8) || '01', ${sql.raw(summed)},
        min(first_seen), max(last_seen)
      from gone group by ${sql.raw(kept)}, left(day, 8) order by ${sql.raw(kept)}, left(day, 8)
      on conflict (api, environment, source, host, method, template, day) do update set
        documented = excluded.documented, ${sql.raw(added('sightings'))})
    select count(*)::int as rolled from gone`.execute(db);
  return rows[0]?.rolled ?? 0;
}

/** @returns rows that were deleted */
async function deleteOld({ db, clock }: Store, { counts, consumers, journal }: Retention): Promise<number> {
  const before = (age: number): Date => new Date(clock() - age);
  // A month goes when its last day is old enough.
  const month = `${dayOf(clock() - counts).slice(0, 8)}01`;
  const results = [
    await db.deleteFrom('sightings').where('day', '<', month).executeTakeFirst(),
    await db
      .deleteFrom('traffic')
      .where('last_seen', '<', new Date(`${month}T00:00:00Z`))
      .executeTakeFirst(),
    await db.deleteFrom('consumers').where('last_seen', '<', before(consumers)).executeTakeFirst(),
    await db.deleteFrom('journal').where('time', '<', before(journal)).executeTakeFirst(),
    await db.deleteFrom('batches').where('received', '<', before(reports.batches)).executeTakeFirst(),
    await db.deleteFrom('reporters').where('received', '<', before(reports.reporters)).executeTakeFirst(),
  ];
  return results.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
