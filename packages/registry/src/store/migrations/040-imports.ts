import { ofStatements } from './statements.ts';

/** What the text of an imported file was: a file that was rotated or has grown is not counted twice. */
export const imports = ofStatements([
  `alter table imports add column head text not null default ''`,
  `alter table imports add column bytes double precision not null default 0`,
  `alter table imports add column digest text not null default ''`,
  `alter table imports add column environment text not null default ''`,
  `alter table imports add column api text not null default ''`,
  `create index imports_head on imports (head)`,
]);
