import type { Store } from '../store/open.ts';

/** A report of an instance that numbers its reports: `UUID_12`. */
const numbered = /^([0-9a-f-]{36})_(\d{1,15})$/;

/**
 * Whether a report is counted now, or was before. Must be part of the transaction that counts it. A guard sends its reports one after
 * another, so of one that numbers them the last number is enough, whenever it comes again.
 * @param key id of the key that it came with: the reports of others are not in its way
 * @param id of the report
 */
export async function isFresh({ db, clock }: Store, key: string, id: string): Promise<boolean> {
  const received = new Date(clock());
  const [, instance, digits] = numbered.exec(id) ?? [];
  if (instance === undefined || digits === undefined) {
    const inserted = await db
      .insertInto('batches')
      .values({ id: `${key} ${id}`, guard: key, received })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    return inserted !== undefined;
  }
  const sequence = Number(digits);
  const counted = await db
    .insertInto('reporters')
    .values({ guard: key, instance, sequence, received })
    .onConflict((conflict) =>
      conflict
        .columns(['guard', 'instance'])
        .doUpdateSet({ sequence, received })
        .where('reporters.sequence', '<', sequence),
    )
    .returning('sequence')
    .executeTakeFirst();
  return counted !== undefined;
}
