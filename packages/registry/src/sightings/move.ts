import { sql } from 'kysely';
import type { Store } from '../store/open.ts';
import { added, summed, sums } from './counters.ts';

const kept = 'api, environment, source, host, method';

/**
 * Puts what was seen of undocumented templates under another one, by day and over all days. Must be part of a transaction.
 * @param host of which it is done; undefined for all
 * @returns counts of a day that were moved
 */
export async function moveSightings(
  { db }: Store,
  host: string | undefined,
  from: readonly string[],
  to: string,
): Promise<number> {
  const isAll = host === undefined;
  const which = sql`traffic.template = any(${[...from]}::text[]) and not traffic.documented
    and (${isAll} or traffic.host = ${host ?? ''})`;
  const { rows } = await sql<{ moved: number }>`
    with gone as (
      delete from sightings using traffic
      where ${which} and sightings.template = traffic.template and sightings.api = traffic.api
        and sightings.environment = traffic.environment and sightings.source = traffic.source
        and sightings.host = traffic.host and sightings.method = traffic.method
      returning sightings.*),
    here as (
      insert into sightings (${sql.raw(kept)}, template, documented, day, ${sql.raw(sums)}, first_seen, last_seen)
      select ${sql.raw(kept)}, ${to}, false, day, ${sql.raw(summed)}, min(first_seen), max(last_seen)
      from gone group by ${sql.raw(kept)}, day
      on conflict (api, environment, source, host, method, template, day) do update set ${sql.raw(added('sightings'))})
    select count(*)::int as moved from gone`.execute(db);
  await sql`
    with gone as (delete from traffic where ${which} returning *)
    insert into traffic (${sql.raw(kept)}, template, documented, ${sql.raw(sums)}, first_seen, last_seen)
    select ${sql.raw(kept)}, ${to}, false, ${sql.raw(summed)}, min(first_seen), max(last_seen)
    from gone group by ${sql.raw(kept)}
    on conflict (api, environment, source, host, method, template) do update set ${sql.raw(added('traffic'))}`.execute(
    db,
  );
  return rows[0]?.moved ?? 0;
}
