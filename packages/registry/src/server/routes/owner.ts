import type { Store } from '../../store/open.ts';

/** Which team an API belongs to; null where it belongs to nobody or is not there. */
export async function ownerOf({ db }: Store, api: string): Promise<string | null> {
  const row = await db.selectFrom('apis').select('owner').where('id', '=', api).executeTakeFirst();
  return row?.owner ?? null;
}
