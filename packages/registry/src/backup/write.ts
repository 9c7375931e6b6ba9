import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { migrations } from '../store/migrations/index.ts';
import type { Store } from '../store/open.ts';
import { mark, type BackupEnd, type BackupHeader, type BackupTable } from './form.ts';

/** Rows that are read at once. */
const many = 1_000;
/** Who is at which work now is nothing to restore. */
const passing: ReadonlySet<string> = new Set(['leases', 'jobs']);

/**
 * Everything that the store holds at one moment, as lines of a backup. Whoever takes them must not dawdle: a PGlite answers nobody else meanwhile.
 */
export async function* writeBackup({ db, clock }: Store): AsyncGenerator<string> {
  const digest = createHash('sha256');
  const line = (value: BackupHeader | BackupTable | BackupEnd | string): string => {
    const text = `${typeof value === 'string' ? value : mark + JSON.stringify(value)}\n`;
    digest.update(text);
    return text;
  };
  const transaction = await db.startTransaction().setIsolationLevel('repeatable read').execute();
  try {
    const done = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(transaction);
    const names = done.rows.map(({ name }) => name);
    yield line({
      castellan: 'registry-backup',
      form: 1,
      made: new Date(clock()).toISOString(),
      migrations: names,
    });
    let count = 0;
    for (const table of names.flatMap((name) => migrations[name]?.tables ?? [])) {
      if (passing.has(table)) continue;
      const { rows: columns } = await sql<{ name: string }>`
        select column_name as name from information_schema.columns
        where table_schema = current_schema() and table_name = ${table} order by ordinal_position`.execute(transaction);
      yield line({ table, columns: columns.map(({ name }) => name) });
      await sql`declare backup_rows no scroll cursor for select row_to_json(t)::text as row from ${sql.table(table)} t`.execute(
        transaction,
      );
      for (;;) {
        const { rows } = await sql<{ row: string }>`fetch ${sql.lit(many)} from backup_rows`.execute(transaction);
        if (rows.length === 0) break;
        count += rows.length;
        // One piece for all, so that a slow reader is waited for once.
        yield rows.map(({ row }) => line(row)).join('');
      }
      await sql`close backup_rows`.execute(transaction);
    }
    const sha256 = digest.copy().digest('hex');
    yield line({ end: true, rows: count, sha256 });
  } finally {
    await transaction.rollback().execute();
  }
}
