import { ofStatements } from './statements.ts';

/** APIs, contract versions, operations, environments, deployments. */
export const inventory = ofStatements([
  `create table apis (
     id text primary key, title text not null, owner text, description text not null default '',
     state text not null default 'published', sunset text, links jsonb not null default '[]',
     created timestamptz not null, updated timestamptz not null)`,
  `create table contracts (
     api text not null references apis (id) on delete cascade, digest text not null, version text not null,
     openapi text not null, profile text not null, source text not null, servers jsonb not null, operations integer not null,
     document text, imported timestamptz not null, primary key (api, digest))`,
  `create table operations (
     api text not null, digest text not null, operation text not null, method text not null, path text not null,
     authenticated boolean not null, state text not null, sunset text, owner text,
     purposes jsonb not null, takes jsonb not null, gives jsonb not null, resource text,
     primary key (api, digest, operation), foreign key (api, digest) references contracts (api, digest) on delete cascade)`,
  `create table unreadable (source text primary key, digest text not null, reason text not null, seen timestamptz not null)`,
  `create table environments (name text primary key, production boolean not null)`,
  `create table deployments (
     id text primary key, api text, environment text not null, name text not null, source text not null,
     place text not null, url text, digest text, mode text, audit boolean, versions jsonb not null default '{}',
     first_seen timestamptz not null, last_seen timestamptz not null)`,
  `create index deployments_api on deployments (api)`,
]);
