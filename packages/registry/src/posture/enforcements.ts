import { createHash } from 'node:crypto';
import type { EnforcedGroup } from '@castellan/guard';
import type { Store } from '../store/open.ts';

/**
 * Keeps what guards enforce, under the digest of it that is computed here: whoever reports under another's digest changes nothing of
 * what that one says.
 */
export async function recordEnforcement(
  { db, clock }: Pick<Store, 'db' | 'clock'>,
  groups: readonly EnforcedGroup[],
): Promise<void> {
  const plain = groups.map(({ mode, controls, operations }) => ({ mode, controls, operations }));
  const text = JSON.stringify(plain);
  await db
    .insertInto('enforcements')
    .values({ digest: createHash('sha256').update(text).digest('hex'), groups: text, first_seen: new Date(clock()) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What the next report of a guard is to say beside the usual, by what its heartbeat named. */
export async function wantedOf({ db }: Store, digest: string | undefined): Promise<readonly 'controls'[]> {
  if (digest === undefined) return ['controls'];
  const known = await db.selectFrom('enforcements').select('digest').where('digest', '=', digest).executeTakeFirst();
  return known === undefined ? ['controls'] : [];
}
