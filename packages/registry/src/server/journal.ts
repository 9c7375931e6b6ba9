import { sql, type RawBuilder } from 'kysely';
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

/** Milliseconds for which what happens again is not written down again. */
const pause = 3_600_000;

/** As `note`, and once an hour where only numbers differ: what a misconfigured guard or an attacker does goes on and on. */
export async function noteSeldom(
  { db, clock }: Pick<Store, 'db' | 'clock'>,
  actor: string,
  kind: string,
  detail: string,
): Promise<void> {
  const text = storable(detail, 500);
  const bare = (column: RawBuilder<unknown>): RawBuilder<string> => sql`regexp_replace(${column}, '[0-9]+', '0', 'g')`;
  const { rows } = await sql`
    select 1 from journal where kind = ${kind} and actor = ${storable(actor, 100)} and time > ${new Date(clock() - pause)}
      and ${bare(sql.ref('detail'))} = ${bare(sql`${text}::text`)} limit 1`.execute(db);
  if (rows.length === 0) await note({ db, clock }, actor, kind, detail);
}
