import { ofStatements } from './statements.ts';

/** Declared, enforced, proven; scores by day; changes of the life cycle and who approved them. */
export const evidence = ofStatements([
  `create table evidence (
     api text not null, environment text not null, operation text not null, control text not null, level text not null,
     holds boolean not null, source text not null, time timestamptz not null, detail text not null,
     primary key (api, environment, operation, control, level))`,
  `create table scores (
     api text not null, day text not null, score double precision not null, parts jsonb not null, primary key (api, day))`,
  `create table approvals (
     id serial primary key, api text not null, from_state text not null, to_state text not null, actor text not null,
     reason text not null, time timestamptz not null)`,
]);
