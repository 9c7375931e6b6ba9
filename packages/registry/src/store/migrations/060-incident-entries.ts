import { ofStatements } from './statements.ts';

/** What is kept of incidents for the next process and other registries, and events that wait for the registry whose detectors look. */
export const incidentEntries = ofStatements([
  `create table incident_entries (id serial primary key, entry text not null, until timestamptz not null)`,
  `create index incident_entries_until on incident_entries (until)`,
  `create table event_batches (id serial primary key, api text not null, events text not null, received timestamptz not null)`,
]);
