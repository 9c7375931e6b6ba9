import { ofStatements } from './statements.ts';

/** What was seen: requests by template and day, who called, what was imported, templates that people corrected. */
export const sightings = ofStatements([
  `create table sightings (
     api text not null, environment text not null, source text not null, host text not null, method text not null,
     template text not null, documented boolean not null, day text not null, hits double precision not null,
     ok double precision not null, redirected double precision not null, refused double precision not null,
     failed double precision not null, bytes_in double precision not null, bytes_out double precision not null,
     duration double precision not null, first_seen timestamptz not null, last_seen timestamptz not null,
     primary key (api, environment, source, host, method, template, day))`,
  `create table consumers (
     api text not null, environment text not null, operation text not null, principal text not null,
     credential text not null, hits double precision not null, last_seen timestamptz not null,
     primary key (api, environment, operation, principal, credential))`,
  `create table imports (
     id serial primary key, source text not null, format text not null, lines double precision not null,
     read double precision not null, garbage double precision not null, samples jsonb not null, imported timestamptz not null)`,
  `create table templates (
     host text not null, pattern text not null, template text not null, primary key (host, pattern))`,
  `create table dependencies (
     source text not null, component text not null, target text not null, kind text not null, resource text not null,
     primary key (source, component, target, kind, resource))`,
]);
