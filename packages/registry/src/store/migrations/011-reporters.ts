import { ofStatements } from './statements.ts';

/** The last report of each instance of a guard: what comes again, or came before it, is counted already. */
export const reporters = ofStatements([
  `create table reporters (
     guard text not null, instance text not null, sequence double precision not null, received timestamptz not null,
     primary key (guard, instance)) with (fillfactor = 70)`,
]);
