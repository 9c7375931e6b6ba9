import { ofStatements } from './statements.ts';

/**
 * What was seen of each template over all days, beside the counts by day: lists and ghosts read this, however many days are kept.
 * Rows that are counted up leave room on their page, so that the new row stands beside the old one and no index is touched.
 */
export const traffic = ofStatements([
  `create table traffic (
     api text not null, environment text not null, source text not null, host text not null, method text not null,
     template text not null, documented boolean not null, hits double precision not null,
     ok double precision not null, redirected double precision not null, refused double precision not null,
     failed double precision not null, bytes_in double precision not null, bytes_out double precision not null,
     duration double precision not null, first_seen timestamptz not null, last_seen timestamptz not null,
     primary key (api, environment, source, host, method, template)) with (fillfactor = 70)`,
  `insert into traffic
   select api, environment, source, host, method, template, bool_or(documented), sum(hits), sum(ok), sum(redirected),
     sum(refused), sum(failed), sum(bytes_in), sum(bytes_out), sum(duration), min(first_seen), max(last_seen)
   from sightings group by api, environment, source, host, method, template`,
  ...['sightings', 'consumers', 'deployments'].map((table) => `alter table ${table} set (fillfactor = 70)`),
  `create index sightings_day on sightings (day)`,
]);
