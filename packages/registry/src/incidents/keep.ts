import { incidentText, type Incident } from '@castellan/detect';
import type { Store } from '../store/open.ts';

/**
 * Keeps an incident as it is now.
 * @param api the one that it is about; null where it is about several
 */
export async function keepIncident({ db, clock }: Store, api: string | null, incident: Incident): Promise<void> {
  const row = {
    api,
    severity: incident.severity,
    status: incident.status,
    start: new Date(incident.start),
    updated: new Date(clock()),
    // As this version tells it: the next one may know more of incidents than this one kept.
    incident: withoutNul(JSON.stringify({ ...incident, text: incidentText(incident).slice(0, 20_000) })),
  };
  await db
    .insertInto('incidents')
    .values({ id: incident.id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** PostgreSQL takes none in JSON, however it is written. */
function withoutNul(json: string): string {
  return json.replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1');
}
