import { sql } from 'kysely';
import type { Store } from './open.ts';

/**
 * Takes or renews the right to do periodic work, so that of several registries on one PostgreSQL one does it.
 * @param holder who asks; the same name renews
 * @param duration milliseconds until another may take it
 * @returns whether the work is this one's
 */
export async function takeLease(
  { db, clock }: Store,
  name: string,
  holder: string,
  duration: number,
): Promise<boolean> {
  const now = new Date(clock());
  const until = new Date(clock() + duration);
  const taken = await db
    .insertInto('leases')
    .values({ name, holder, until })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder, until })
        .where((where) => where.or([where('leases.holder', '=', holder), where('leases.until', '<=', now)])),
    )
    .returning(sql<number>`1`.as('taken'))
    .executeTakeFirst();
  return taken !== undefined;
}
