import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { CastellanError } from '@castellan/contract';
import { migrations } from '../store/migrations/index.ts';
import { openStore, type Store, type StoreOptions } from '../store/open.ts';
import { damaged, mark, type BackupEnd, type BackupHeader, type BackupTable } from './form.ts';

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
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  const header = headerOf(first.done === true ? '' : first.value);
  const newer = header.migrations.filter((name) => migrations[name] === undefined);
  if (newer.length > 0)
    throw new CastellanError({
      code: 'backup-newer',
      message: `the backup was made by a newer castellan (it has ${newer[0]})`,
      mend: 'restore it with that version or a newer one',
    });
  const store = await openStore({ ...options, only: header.migrations, before: emptied });
  let rows: number;
  try {
    rows = await store.db.transaction().execute((db) => fill({ ...store, db }, first.value, iterator));
  } catch (error) {
    if (error instanceof CastellanError) throw error;
    const { code, message } = error as { readonly code?: unknown; readonly message?: string };
    throw damaged(`cannot be read to its end (${String(code ?? message)})`, error);
  } finally {
    await store.close();
  }
  const current = await openStore(options);
  await current.close();
  return { rows, made: header.made, store: current.name };
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

function headerOf(line: string): BackupHeader {
  const header = controlIn(line) as Partial<BackupHeader> | undefined;
  if (header?.castellan !== 'registry-backup' || !Array.isArray(header.migrations))
    throw damaged('is none: its first line is not the header of one');
  if (header.form !== 1)
    throw new CastellanError({
      code: 'backup-newer',
      message: 'the backup has a form that this castellan does not know',
      mend: 'restore it with the version that made it or a newer one',
    });
  return header as BackupHeader;
}

async function fill(store: Store, header: string, lines: AsyncIterator<string>): Promise<number> {
  const { db } = store;
  const digest = createHash('sha256').update(`${header}\n`);
  const tables = new Set(Object.values(migrations).flatMap((one) => one.tables));
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
    waiting = [];
  };
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    const line = next.value;
    const control = controlIn(line) as Partial<BackupTable & BackupEnd> | undefined;
    if (control?.end === true) {
      await flush();
      if (control.rows !== rows || control.sha256 !== digest.digest('hex'))
        throw damaged('was changed: its digest is another one');
      if ((await lines.next()).done !== true) throw damaged('goes on after its end');
      for (const name of tables) await continueSerial(store, name);
      return rows;
    }
    digest.update(`${line}\n`);
    if (control !== undefined) {
      await flush();
      if (typeof control.table !== 'string' || !Array.isArray(control.columns) || !tables.has(control.table))
        throw damaged(`has a table that is none of the registry's (${String(control.table).slice(0, 60)})`);
      table = { table: control.table, columns: control.columns.map(String) };
      continue;
    }
    if (table === undefined) throw damaged('has rows of no table');
    waiting.push(line);
    rows += 1;
    if (waiting.length >= many) await flush();
  }
  throw damaged(`is cut off after ${rows} rows`);
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

/** What a line says that is no row. */
function controlIn(line: string): object | undefined {
  if (!line.startsWith(mark)) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(mark.length));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
