import { sql } from 'kysely';
import type { Store } from '../store/open.ts';

/** Work that is done once in each period, by one of the registries that share a store. */
export interface Job {
  readonly name: string;
  /** Milliseconds. */
  readonly every: number;
  /**
   * Does it.
   * @param store in the transaction that also says that it is done: both hold, or neither. Its clock stands at the time when the job began
   * @returns what was done, in a few words
   */
  readonly run: (store: Store) => Promise<string>;
}

/**
 * Does a job where its period is not done yet and no other registry is at it. Who does it holds a lock that ends with the connection: where
 * that registry is killed nothing of it was done, and another one does it.
 * @param holder what this registry is called
 * @returns whether it was done here
 */
export async function runJob(store: Store, { name, every, run }: Job, holder: string): Promise<boolean> {
  // One time for all of it: what begins in one period is of that period, however long it takes.
  const now = store.clock();
  const period = Math.floor(now / every);
  if (await isDone(store, name, period)) return false;
  return store.db.transaction().execute(async (db) => {
    // A registry whose machine is gone says nothing any more: its connection is given up after this.
    await sql`set local idle_in_transaction_session_timeout = '60s'`.execute(db);
    const { rows } = await sql<{ free: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${`castellan ${name}`}, 0)) as free`.execute(db);
    const tx: Store = { ...store, db, clock: () => now };
    if (rows[0]?.free !== true || (await isDone(tx, name, period))) return false;
    const row = { period, holder, result: await run(tx), finished: new Date(store.clock()) };
    await db
      .insertInto('jobs')
      .values({ name, ...row })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
    return true;
  });
}

async function isDone({ db }: Store, name: string, period: number): Promise<boolean> {
  const row = await db.selectFrom('jobs').select('period').where('name', '=', name).executeTakeFirst();
  return row !== undefined && row.period >= period;
}
