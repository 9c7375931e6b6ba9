import { ofStatements } from './statements.ts';

/** Periodic work: which period of each job is done, so that of several registries one does it, once. */
export const jobs = ofStatements([
  `create table jobs (
     name text primary key, period double precision not null, finished timestamptz not null, holder text not null,
     result text not null)`,
]);
