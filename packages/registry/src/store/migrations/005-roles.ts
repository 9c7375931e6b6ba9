import { ofStatements } from './statements.ts';

/** Keys of people beside those of guards; values that the registry keeps for itself. */
export const roles = ofStatements([
  `alter table guards add column role text not null default 'guard'`,
  `create table settings (name text primary key, value text not null)`,
]);
