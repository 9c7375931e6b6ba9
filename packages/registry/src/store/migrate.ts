import { CastellanError } from '@castellan/contract';
import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import type { Tables } from './tables.ts';

/**
 * Makes the migrations that were not made yet.
 * @param only these and no others; undefined for all
 * @throws CastellanError `store-newer`
 */
export async function migrate(db: Kysely<Tables>, only: readonly string[] | undefined): Promise<void> {
  const wanted = Object.fromEntries(
    Object.entries(migrations).filter(([name]) => only === undefined || only.includes(name)),
  );
  if (await isUpToDate(db, Object.keys(wanted))) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => wanted },
    // Each is about tables of its own: one that was added between two others is made all the same.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && /previously executed migration .* is missing/.test(error.message))
    throw new CastellanError({
      code: 'store-newer',
      message: 'the store was made by a newer castellan',
      mend: 'use that version or a newer one',
      cause: error,
    });
  throw error;
}

/** Whether just these migrations were made: one small question, where Kysely's migrator looks at every table first. */
async function isUpToDate(db: Kysely<Tables>, names: readonly string[]): Promise<boolean> {
  const made = new Set(await migrationsMade(db));
  return made.size === names.length && names.every((name) => made.has(name));
}

/** Whether a newer castellan made these tables. */
export async function hasUnknownMigrations(db: Kysely<Tables>): Promise<boolean> {
  return (await migrationsMade(db)).some((name) => !Object.hasOwn(migrations, name));
}

/** Takes all tables away. For those of a database that was prepared when castellan was built: it has no rows yet. */
export async function dropTables(db: Kysely<Tables>): Promise<void> {
  await sql`drop schema public cascade`.execute(db);
  await sql`create schema public`.execute(db);
}

async function migrationsMade(db: Kysely<Tables>): Promise<readonly string[]> {
  try {
    return (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows.map(({ name }) => name);
  } catch (error) {
    // undefined_table: nothing was made yet.
    if ((error as { readonly code?: unknown }).code === '42P01') return [];
    throw error;
  }
}
