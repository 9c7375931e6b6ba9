import { ofStatements } from './statements.ts';

/** Guards that report, their batches, what they are connected to, and what happened to the registry itself. */
export const guards = ofStatements([
  `create table guards (
     id text primary key, api text not null, name text not null, key_hash text not null unique,
     created timestamptz not null, revoked timestamptz)`,
  `create table batches (id text primary key, guard text not null, received timestamptz not null)`,
  `create index batches_received on batches (received)`,
  `create table journal (
     id serial primary key, time timestamptz not null, actor text not null, kind text not null, detail text not null)`,
  `create table leases (name text primary key, holder text not null, until timestamptz not null)`,
  `alter table deployments add column identities jsonb not null default '[]'`,
  `alter table deployments add column resources jsonb not null default '[]'`,
]);
