import { ofStatements } from './statements.ts';

/** Whose APIs a key is for; what people said of an API; what was answered to requests with an idempotency key. */
export const access = ofStatements([
  `alter table apis add column said jsonb not null default '{}'`,
  `alter table guards add column teams jsonb not null default '[]'`,
  `create table idempotency (
     id text primary key, request text not null, status integer, answer text, created timestamptz not null)`,
  `create index idempotency_created on idempotency (created)`,
]);
