import { sql } from 'kysely';
import { CastellanError } from '@castellan/contract';
import { migrate } from '../store/migrate.ts';
import { migrations } from '../store/migrations/index.ts';
import { openStore, type Store, type StoreOptions } from '../store/open.ts';
import { damaged, type BackupTable } from './form.ts';
import { readBackup, type ReadBackup } from './read.ts';

/** Rows of one statement. */
const many = 500;

/** What was restored. */
export interface Restored {
  readonly rows: number;
  /** When the backup was made. */
  readonly made: string;
  /** What the store is called, without credentials. */
  readonly store: string;
}

/**
 * Restores a backup into an empty store: a new folder, or a database without tables of Castellan. One of an older castellan is brought up to date.
 * All of it is restored or nothing.
 * @param lines of the backup, without their ends
 * @throws CastellanError `backup-damaged`, `backup-newer`, `store-not-empty`, and what `openStore` throws
 */
export async function restoreBackup(options: StoreOptions, lines: AsyncIterable<string>): Promise<Restored> {
  const { header, parts } = await readBackup(lines);
  const store = await openStore({ ...options, only: header.migrations, before: emptied });
  try {
    const rows = await store.db
      .transaction()
      .execute((db) => fill({ ...store, db }, parts))
      .catch((error: unknown) => {
        if (error instanceof CastellanError) throw error;
        const { code, message } = error as { readonly code?: unknown; readonly message?: string };
        throw damaged(`cannot be read to its end (${String(code ?? message)})`, error);
      });
    await migrate(store.db, undefined);
    return { rows, made: header.made, store: store.name };
  } finally {
    await store.close();
  }
}

/** Tables without rows make way for those of the backup. */
async function emptied(db: Store['db']): Promise<void> {
  const ours = new Set(Object.values(migrations).flatMap((one) => one.tables));
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = current_schema()`.execute(db);
  const present = rows.map(({ name }) => name).filter((name) => ours.has(name));
  for (const name of present) {
    const { rows: some } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(db);
    if (some.length > 0)
      throw new CastellanError({
        code: 'store-not-empty',
        message: `the store holds something already (${name})`,
        mend: 'name a folder or a database that is new with --store; what is there stays',
      });
  }
  const known = rows.map(({ name }) => name).filter((name) => ours.has(name) || name.startsWith('kysely_migration'));
  if (known.length > 0) await sql`drop table ${sql.join(known.map((name) => sql.table(name)))} cascade`.execute(db);
}

async function fill(store: Store, parts: ReadBackup['parts']): Promise<number> {
  const { db } = store;
  let table: BackupTable | undefined;
  let waiting: string[] = [];
  let rows = 0;
  const flush = async (): Promise<void> => {
    if (table === undefined || waiting.length === 0) return;
    const columns = sql.join(table.columns.map((name) => sql.ref(name)));
    await sql`insert into ${sql.table(table.table)} (${columns})
      select ${columns} from json_populate_recordset(null::${sql.table(table.table)}, ${`[${waiting.join(',')}]`}::json)`.execute(
      db,
    );
    rows += waiting.length;
    waiting = [];
  };
  for await (const part of parts) {
    if (typeof part === 'string') waiting.push(part);
    if (typeof part !== 'string' || waiting.length >= many) await flush();
    if (typeof part !== 'string') table = part;
  }
  await flush();
  for (const name of Object.values(migrations).flatMap((one) => one.tables)) await continueSerial(store, name);
  return rows;
}

/** Numbers that the database gives go on after those that were restored. */
async function continueSerial({ db }: Store, table: string): Promise<void> {
  const { rows } = await sql<{ name: string | null }>`
    select pg_get_serial_sequence(${table}, column_name) as name from information_schema.columns
    where table_schema = current_schema() and table_name = ${table} and column_default like 'nextval(%'`.execute(db);
  for (const { name } of rows)
    if (name !== null)
      await sql`select setval(${name}, (select coalesce(max(id), 0) + 1 from ${sql.table(table)}), false)`.execute(db);
}
