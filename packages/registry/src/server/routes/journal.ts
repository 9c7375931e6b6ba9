import type { FastifyInstance } from 'fastify';
import { cursorOf, readCursor } from '../cursor.ts';
import { sendTagged, type Routes } from '../exchange.ts';
import { strange } from './apis.ts';

/** What happened to the registry itself. */
export function journalRoutes(app: FastifyInstance, { store }: Routes): void {
  app.get<{ Querystring: { limit: number; after?: string; kind?: string } }>('/journal', async (request, reply) => {
    const { limit, after, kind } = request.query;
    let query = store.db
      .selectFrom('journal')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(limit + 1);
    if (kind !== undefined) query = query.where('kind', '=', kind);
    if (after !== undefined) query = query.where('id', '<', numberIn(after));
    const rows = await query.execute();
    const entries = rows.slice(0, limit).map(({ time, ...one }) => ({ ...one, time: time.toISOString() }));
    const last = rows.length > limit ? entries.at(-1) : undefined;
    return sendTagged(request, reply, { entries, next: last === undefined ? null : cursorOf([last.id]) });
  });
}

function numberIn(after: string): number {
  const [id] = readCursor(after, 1) ?? [];
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw strange();
  return id;
}
