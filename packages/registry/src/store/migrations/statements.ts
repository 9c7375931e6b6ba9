import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A migration made of SQL statements, and the tables that it makes. */
export interface StatementMigration extends Migration {
  readonly tables: readonly string[];
}

/** A migration made of SQL statements, one after another. */
export function ofStatements(statements: readonly string[]): StatementMigration {
  return {
    tables: statements.flatMap((statement) => /^\s*create table (\w+)/i.exec(statement)?.[1] ?? []),
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
