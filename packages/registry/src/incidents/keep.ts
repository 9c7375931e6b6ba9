import { incidentText, type Incident } from '@castellan/detect';
import { sql } from 'kysely';
import type { Store } from '../store/open.ts';

/** Milliseconds without a detection after which an incident is over, and some more. */
const quiet = 13 * 3_600_000;
const page = 100;

/**
 * Keeps an incident as it is now.
 * @param api the one that it is about; null where it is about several; undefined where this process does not know
 */
export async function keepIncident(
  { db, clock }: Store,
  api: string | null | undefined,
  incident: Incident,
): Promise<void> {
  const row = {
    severity: incident.severity,
    status: incident.status,
    start: new Date(incident.start),
    updated: new Date(clock()),
    // As this version tells it: the next one may know more of incidents than this one kept.
    incident: withoutNul(JSON.stringify({ ...incident, text: incidentText(incident).slice(0, 20_000) })),
  };
  await db
    .insertInto('incidents')
    .values({ id: incident.id, api: api ?? null, ...row })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...row,
        // What was about several before this process is about several still.
        ...(api === undefined
          ? {}
          : {
              api: sql<string | null>`case when incidents.api is not distinct from excluded.api then excluded.api end`,
            }),
      }),
    )
    .execute();
}

/**
 * Closes an incident that no process sees any more.
 * @returns false where there is none
 */
export async function closeKept(
  store: Store,
  id: string,
  dismissed: Incident['dismissed'] | undefined,
): Promise<boolean> {
  const { db, clock } = store;
  const row = await db.selectFrom('incidents').select('incident').where('id', '=', id).executeTakeFirst();
  if (row === undefined) return false;
  const incident = { ...row.incident, status: 'closed' as const, ...(dismissed === undefined ? {} : { dismissed }) };
  await db
    .updateTable('incidents')
    .set({
      status: 'closed',
      updated: new Date(clock()),
      incident: withoutNul(JSON.stringify({ ...incident, text: toldAnew(incident) })),
    })
    .where('id', '=', id)
    .execute();
  return true;
}

/** As this version tells it; what an older one kept may lack what that takes, and stays told as it was. */
function toldAnew(incident: Incident & { readonly text: string }): string {
  try {
    return incidentText(incident).slice(0, 20_000);
  } catch {
    return incident.text;
  }
}

/** Closes incidents that were open when the process that saw them ended, and did not come back. */
export async function closeQuiet(store: Store): Promise<void> {
  const over = await store.db
    .selectFrom('incidents')
    .select('id')
    .where('status', '=', 'open')
    .where('updated', '<', new Date(store.clock() - quiet))
    .where(sql<number>`(incident->>'end')::float8`, '<', store.clock() - quiet)
    .limit(page)
    .execute();
  for (const { id } of over) await closeKept(store, id, undefined);
}

/** PostgreSQL takes none in JSON, however it is written. */
function withoutNul(json: string): string {
  return json.replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1');
}
