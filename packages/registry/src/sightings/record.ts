import { sql } from 'kysely';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { countedOn, seenAt } from './bounded.ts';
import { added, bounded, counted, keys, summed, sums } from './counters.ts';
import type { GatheredSighting } from './gather.ts';

/** Rows of one statement. */
const chunk = 1_000;

/** Adds what was seen to what was seen before, by day and over all days. */
export async function recordSightings(
  { db, clock }: Store,
  sightings: readonly GatheredSighting[],
  { environment, source }: { readonly environment: string; readonly source: string },
): Promise<void> {
  const now = clock();
  const rows = new Map<string, ReturnType<typeof rowOf>>();
  for (const sighting of sightings) {
    const row = rowOf(sighting, environment, source, now);
    const key = JSON.stringify([row.api, row.host, row.method, row.template, row.day]);
    const known = rows.get(key);
    rows.set(key, known === undefined ? row : joined(known, row));
  }
  // In one order, so that two at once do not wait for each other.
  const all = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  for (let at = 0; at < all.length; at += chunk) {
    const sent = JSON.stringify(all.slice(at, at + chunk));
    await sql`
      with sent as (select * from jsonb_to_recordset(${sent}::jsonb) as sent(${sql.raw(columns)})),
      by_day as (
        insert into sightings (${sql.raw(`${keys}, documented, day, ${sums}, first_seen, last_seen`)})
        select ${sql.raw(`${keys}, documented, day, ${bounded}, first_seen, last_seen`)} from sent
        on conflict (api, environment, source, host, method, template, day) do update set
          documented = excluded.documented, ${sql.raw(added('sightings'))})
      insert into traffic (${sql.raw(`${keys}, documented, ${sums}, first_seen, last_seen`)})
      select ${sql.raw(`${keys}, bool_or(documented), ${summed}`)}, min(first_seen), max(last_seen) from sent
      group by ${sql.raw(keys)} order by ${sql.raw(keys)}
      on conflict (api, environment, source, host, method, template) do update set
        documented = traffic.documented or excluded.documented, ${sql.raw(added('traffic'))}`.execute(db);
  }
}

const columns = [
  ...keys.split(', ').map((name) => `${name} text`),
  'documented boolean, day text',
  ...counted.map((name) => `${name} double precision`),
  'first_seen timestamptz, last_seen timestamptz',
].join(', ');

function rowOf(
  { api, host, method, template, documented, day, counts }: GatheredSighting,
  environment: string,
  source: string,
  now: number,
) {
  const [first, last] = [seenAt(counts.first, now), seenAt(counts.last, now)];
  return {
    api,
    environment: storable(environment, 100),
    source,
    host: storable(host, 255),
    method: storable(method, 20),
    template: storable(template, 1_000),
    documented,
    day: countedOn(day, first, last),
    hits: counts.hits,
    ok: counts.ok,
    redirected: counts.redirected,
    refused: counts.refused,
    failed: counts.failed,
    bytes_in: counts.bytesIn,
    bytes_out: counts.bytesOut,
    duration: counts.duration,
    first_seen: first,
    last_seen: last,
  };
}

/** Two templates that were cut to one. */
function joined(a: ReturnType<typeof rowOf>, b: ReturnType<typeof rowOf>): ReturnType<typeof rowOf> {
  return {
    ...a,
    hits: a.hits + b.hits,
    ok: a.ok + b.ok,
    redirected: a.redirected + b.redirected,
    refused: a.refused + b.refused,
    failed: a.failed + b.failed,
    bytes_in: a.bytes_in + b.bytes_in,
    bytes_out: a.bytes_out + b.bytes_out,
    duration: a.duration + b.duration,
    first_seen: a.first_seen < b.first_seen ? a.first_seen : b.first_seen,
    last_seen: a.last_seen > b.last_seen ? a.last_seen : b.last_seen,
  };
}
