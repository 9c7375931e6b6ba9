import { sql } from 'kysely';
import type { Store } from '../store/open.ts';

/** Tables that say something of one API. What was seen of its guards stays: their keys, and incidents. */
const tables = [
  'deployments',
  'sightings',
  'traffic',
  'consumers',
  'evidence',
  'scores',
  'approvals',
  'lifecycles',
  'imports',
  'event_batches',
] as const;

/**
 * Forgets an API and all that is known of it, so that another one of the same name begins anew.
 * @param store in a transaction
 */
export async function deleteApi({ db }: Store, api: string): Promise<void> {
  for (const table of tables) await sql`delete from ${sql.table(table)} where api = ${api}`.execute(db);
  // With its contracts and their operations.
  await db.deleteFrom('apis').where('id', '=', api).execute();
}
