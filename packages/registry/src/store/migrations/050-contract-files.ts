import { ofStatements } from './statements.ts';

/** The files of each contract version, for guards that take their contract from the registry: a text of JSON. */
export const contractFiles = ofStatements([
  `create table contract_files (
     api text not null, digest text not null, files text not null, primary key (api, digest),
     foreign key (api, digest) references contracts (api, digest) on delete cascade)`,
]);
