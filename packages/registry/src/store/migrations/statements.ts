import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A migration made of SQL statements, one after another. */
export function ofStatements(statements: readonly string[]): Migration {
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
