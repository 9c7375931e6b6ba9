import type { FastifyInstance } from 'fastify';
import { cursorOf, readCursor } from '../cursor.ts';
import { closeKept } from '../../incidents/keep.ts';
import { isFresh } from '../duplicates.ts';
import { callerIn, sendOnce, sendTagged, visibleIn, type Routes } from '../exchange.ts';
import { seenAt } from '../../sightings/bounded.ts';
import { note } from '../journal.ts';
import { notFound } from '../problem.ts';
import { strange } from './apis.ts';

interface Query {
  readonly limit: number;
  readonly after?: string;
  readonly api?: string;
  readonly status?: string;
  readonly severity?: string;
}

/** Events of guards, and what the detectors make of them. */
export function incidentRoutes(app: FastifyInstance, routes: Routes): void {
  const { store, looking } = routes;
  app.post<{ Body: { id: string; events: readonly { readonly time: number }[] } }>(
    '/events',
    async (request, reply) => {
      const { id, events } = request.body;
      const { subject } = callerIn(request, routes);
      const { api } = await store.db
        .selectFrom('guards')
        .select('api')
        .where('id', '=', subject)
        .executeTakeFirstOrThrow();
      const fresh = await store.db.transaction().execute(async (db) => {
        const tx = { ...store, db };
        const isNew = await isFresh(tx, subject, `events-${id}`);
        if (isNew) await looking.take(api, withinNow(events, store.clock()), tx);
        return isNew;
      });
      return reply.send({ taken: fresh ? events.length : 0, known: !fresh });
    },
  );
  app.get<{ Querystring: Query }>('/incidents', async (request, reply) => {
    const { limit, after, api, status, severity } = request.query;
    await looking.settled();
    let query = store.db
      .selectFrom((from) =>
        from
          .selectFrom('incidents')
          .leftJoin('apis', 'apis.id', 'incidents.api')
          .select([
            'incidents.id',
            'incidents.api',
            'apis.owner',
            'incidents.severity',
            'incidents.status',
            'incidents.start',
            'incidents.updated',
            'incidents.incident',
          ])
          .as('owned_incidents'),
      )
      .selectAll()
      .where(await visibleIn(request, 'Incident'))
      .orderBy('start', 'desc')
      .orderBy('id')
      .limit(limit + 1);
    if (api !== undefined) query = query.where('api', '=', api);
    if (status !== undefined) query = query.where('status', '=', status);
    if (severity !== undefined) query = query.where('severity', '=', severity);
    if (after !== undefined) {
      const { start, id } = placeOf(after);
      query = query.where((eb) =>
        eb.or([eb('start', '<', start), eb.and([eb('start', '=', start), eb('id', '>', id)])]),
      );
    }
    const rows = await query.execute();
    const incidents = rows.slice(0, limit).map(({ incident, start, updated, ...row }) => ({
      ...row,
      title: incident.title,
      start: start.toISOString(),
      end: new Date(incident.end).toISOString(),
      updated: updated.toISOString(),
      owasp: incident.owasp,
      detectors: incident.detectors,
      requests: incident.requests,
      principals: incident.principals,
      addresses: incident.addresses,
      operations: incident.operations,
      refused: incident.refused,
      gotOut: incident.gotOut,
      text: incident.text,
    }));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const next = last === undefined ? null : cursorOf([last.start.getTime(), last.id]);
    return sendTagged(request, reply, { incidents, next }, { objects: { type: 'Incident', items: incidents } });
  });
  app.post<{ Params: { incident: string }; Body: { reason: string } }>(
    '/incidents/:incident/dismissal',
    (request, reply) =>
      sendOnce(request, reply, routes, async () => {
        const { incident: id } = request.params;
        const { reason } = request.body;
        await looking.settled();
        const known = looking.dismiss(id, reason);
        await looking.settled();
        // What was seen before all that is kept is closed where it stands.
        if (!known && !(await closeKept(store, id, { time: store.clock(), note: reason })))
          throw notFound(`incident ${id}`);
        await note(store, callerIn(request, routes).subject, 'incident-dismissed', `${id}: ${reason}`);
        return { status: 200, body: { id, status: 'closed' } };
      }),
  );
}

function placeOf(after: string): { readonly start: Date; readonly id: string } {
  const [start, id] = readCursor(after, 2) ?? [];
  if (typeof start !== 'number' || typeof id !== 'string' || Number.isNaN(new Date(start).getTime())) throw strange();
  return { start: new Date(start), id };
}

/** A guard whose clock is ahead moves the clock of the detectors for nobody else. */
function withinNow<T extends { readonly time: number }>(events: readonly T[], now: number): T[] {
  return events.map((event) => ({ ...event, time: seenAt(event.time, now).getTime() }));
}
