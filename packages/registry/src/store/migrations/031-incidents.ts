import { ofStatements } from './statements.ts';

/** What the detectors of the registry saw. */
export const incidents = ofStatements([
  `create table incidents (
     id text primary key, api text, severity text not null, status text not null, start timestamptz not null,
     updated timestamptz not null, incident jsonb not null)`,
  `create index incidents_updated on incidents (updated)`,
]);
