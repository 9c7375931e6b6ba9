import { ofStatements } from './statements.ts';

/** What was decided about the life cycle of APIs and operations, what checks found, and who is to be told. */
export const lifecycle = ofStatements([
  `create table lifecycles (
     api text not null, operation text not null, state text not null, deprecated_at text, sunset text, successor text,
     information text, decided timestamptz not null, primary key (api, operation))`,
  `alter table approvals add column operation text not null default ''`,
  `alter table approvals add column role text not null default ''`,
  `alter table approvals add column kind text not null default 'transition'`,
  `alter table approvals add column despite jsonb not null default '[]'`,
  `alter table contracts add column checked jsonb`,
  `alter table contracts add column lifecycle jsonb`,
  `create table contacts (principal text primary key, name text not null, contact text not null, told timestamptz)`,
]);
