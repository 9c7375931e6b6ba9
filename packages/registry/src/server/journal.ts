import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';

/** Writes down what happened to the registry itself. */
export async function note(
  { db, clock }: Pick<Store, 'db' | 'clock'>,
  actor: string,
  kind: string,
  detail: string,
): Promise<void> {
  await db
    .insertInto('journal')
    .values({ time: new Date(clock()), actor: storable(actor, 100), kind, detail: storable(detail, 500) })
    .execute();
}
