import type { Store } from '@castellan/registry';

/** What a store has counted: requests by day, over all days, and of callers. */
export type Counted = readonly [days: number, whole: number, callers: number];

export async function countedIn({ db }: Store): Promise<Counted> {
  const sumOf = async (table: 'sightings' | 'traffic' | 'consumers'): Promise<number> => {
    const { sum } = await db
      .selectFrom(table)
      .select((eb) => eb.fn.sum<number>('hits').as('sum'))
      .executeTakeFirstOrThrow();
    return Number(sum ?? 0);
  };
  return [await sumOf('sightings'), await sumOf('traffic'), await sumOf('consumers')];
}
