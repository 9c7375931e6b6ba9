import { sql } from 'kysely';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import type { GatheredSighting } from './gather.ts';

/** Rows of one statement. */
const chunk = 300;

/** Adds what was seen to what was seen before. */
export async function recordSightings(
  { db }: Store,
  sightings: readonly GatheredSighting[],
  { environment, source }: { readonly environment: string; readonly source: string },
): Promise<void> {
  const rows = new Map<string, ReturnType<typeof rowOf>>();
  for (const sighting of sightings) {
    const row = rowOf(sighting, environment, source);
    const key = JSON.stringify([row.api, row.host, row.method, row.template, row.day]);
    const known = rows.get(key);
    rows.set(key, known === undefined ? row : joined(known, row));
  }
  // In one order, so that two at once do not wait for each other.
  const all = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  for (let at = 0; at < all.length; at += chunk) await insertRows(db, all.slice(at, at + chunk));
}

/** One value for all rows: a statement with a parameter for each value takes PGlite half a gigabyte. */
async function insertRows(db: Store['db'], rows: readonly ReturnType<typeof rowOf>[]): Promise<void> {
  const columns = `api, environment, source, host, method, template, documented, day, hits, ok, redirected, refused, failed,
    bytes_in, bytes_out, duration, first_seen, last_seen`;
  await sql`
    insert into sightings (${sql.raw(columns)})
    select ${sql.raw(columns)} from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as row (
      api text, environment text, source text, host text, method text, template text, documented boolean, day text,
      hits double precision, ok double precision, redirected double precision, refused double precision,
      failed double precision, bytes_in double precision, bytes_out double precision, duration double precision,
      first_seen timestamptz, last_seen timestamptz)
    on conflict (api, environment, source, host, method, template, day) do update set
      documented = excluded.documented,
      hits = sightings.hits + excluded.hits,
      ok = sightings.ok + excluded.ok,
      redirected = sightings.redirected + excluded.redirected,
      refused = sightings.refused + excluded.refused,
      failed = sightings.failed + excluded.failed,
      bytes_in = sightings.bytes_in + excluded.bytes_in,
      bytes_out = sightings.bytes_out + excluded.bytes_out,
      duration = sightings.duration + excluded.duration,
      first_seen = least(sightings.first_seen, excluded.first_seen),
      last_seen = greatest(sightings.last_seen, excluded.last_seen)`.execute(db);
}

function rowOf(
  { api, host, method, template, documented, day, counts }: GatheredSighting,
  environment: string,
  source: string,
) {
  return {
    api,
    environment: storable(environment, 100),
    source,
    host: storable(host, 255),
    method: storable(method, 20),
    template: storable(template, 1_000),
    documented,
    day,
    hits: counts.hits,
    ok: counts.ok,
    redirected: counts.redirected,
    refused: counts.refused,
    failed: counts.failed,
    bytes_in: counts.bytesIn,
    bytes_out: counts.bytesOut,
    duration: counts.duration,
    first_seen: new Date(counts.first),
    last_seen: new Date(counts.last),
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
