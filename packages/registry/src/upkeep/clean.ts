import { sql } from 'kysely';
import type { Store } from '../store/open.ts';

/**
 * What PostgreSQL's own processes do beside it and PGlite has nobody for: without it the write-ahead log and rows that were counted up would grow
 * for as long as the process runs.
 * @returns frees what older rows took, and learns what the tables hold
 */
export async function cleanTables({ db }: Store): Promise<void> {
  await sql`vacuum (analyze)`.execute(db);
}

/** Writes what is in the log to its tables, so that the log starts anew. */
export async function checkpoint({ db }: Store): Promise<void> {
  await sql`checkpoint`.execute(db);
}
