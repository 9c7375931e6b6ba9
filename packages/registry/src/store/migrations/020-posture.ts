import { ofStatements } from './statements.ts';

/** What each contract version needs, what guards enforce of it, of which contract proofs are; scores by environment. */
export const posture = ofStatements([
  `alter table contracts add column controls jsonb`,
  `create table enforcements (digest text primary key, groups jsonb not null, first_seen timestamptz not null)`,
  `alter table deployments add column controls text`,
  `alter table evidence add column contract text not null default ''`,
  `alter table scores add column environment text not null default ''`,
  `alter table scores add column states jsonb not null default '{}'`,
  `alter table scores add column unmet jsonb not null default '[]'`,
  `alter table scores add column computed timestamptz`,
  `alter table scores drop constraint scores_pkey`,
  `alter table scores add primary key (api, environment, day)`,
]);
