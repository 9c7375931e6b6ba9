import type { KeptMedium } from '@castellan/detect';
import type { Store } from '../store/open.ts';

const page = 1000;
/** Ids that are read again: of two that were given at once the greater may be there first. */
const overlap = 50;
/** Milliseconds between two looks for what nobody needs any more. */
const pause = 3_600_000;

/** A table of the store as the place where detection keeps incidents. */
export function keptInStore({ db, cleansItself, clock }: Store): KeptMedium {
  let last = 0;
  let seen = new Set<number>();
  let swept = -Infinity;
  return {
    // A PGlite is one process's.
    shared: cleansItself,
    async changes(now) {
      if (now - swept > pause) {
        swept = now;
        await db.deleteFrom('incident_entries').where('until', '<=', new Date(clock())).execute();
      }
      const texts: string[] = [];
      for (;;) {
        const rows = await db
          .selectFrom('incident_entries')
          .select(['id', 'entry'])
          .where('id', '>', Math.max(0, last - overlap))
          .orderBy('id')
          .limit(page)
          .execute();
        for (const { id, entry } of rows) {
          if (!seen.has(id)) texts.push(entry);
          seen.add(id);
          last = Math.max(last, id);
        }
        if (rows.length < page) break;
      }
      seen = new Set([...seen].filter((id) => id > last - overlap));
      return texts;
    },
    async append(entry, until) {
      await db
        .insertInto('incident_entries')
        .values({ entry: entry.replaceAll('\0', ''), until: new Date(until) })
        .execute();
    },
  };
}
