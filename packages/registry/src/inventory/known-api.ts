import { CastellanError, nearest } from '@castellan/contract';
import type { Store } from '../store/open.ts';

/**
 * The id of an API that is asked for.
 * @throws CastellanError `unknown-api`
 */
export async function knownApi({ db }: Store, id: string): Promise<string> {
  const found = await db.selectFrom('apis').select('id').where('id', '=', id).executeTakeFirst();
  if (found !== undefined) return found.id;
  const near = nearest(
    id,
    (await db.selectFrom('apis').select('id').execute()).map((one) => one.id),
  );
  throw new CastellanError({
    code: 'unknown-api',
    message: `the inventory has no API '${id}'`,
    mend: near === undefined ? 'see castellan inventory list' : `did you mean ${near}?`,
  });
}
