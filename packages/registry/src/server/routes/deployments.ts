import type { FastifyInstance } from 'fastify';
import { cursorOf } from '../cursor.ts';
import { visibleIn, sendTagged, type Routes } from '../exchange.ts';
import { textCursor } from './apis.ts';

interface Query {
  readonly limit: number;
  readonly after?: string;
  readonly api?: string;
  readonly environment?: string;
}

/** What runs where. */
export function deploymentRoutes(app: FastifyInstance, { store }: Routes): void {
  app.get<{ Querystring: Query }>('/deployments', async (request, reply) => {
    const { limit, after, api, environment } = request.query;
    const visible = await visibleIn(request, 'Deployment');
    let query = store.db
      .selectFrom((from) =>
        from
          .selectFrom('deployments')
          .leftJoin('apis', 'apis.id', 'deployments.api')
          .select([
            'deployments.id',
            'deployments.api',
            'apis.owner',
            'deployments.environment',
            'deployments.name',
            'deployments.source',
            'deployments.mode',
            'deployments.audit',
            'deployments.digest',
            'deployments.first_seen',
            'deployments.last_seen',
          ])
          .as('owned_deployments'),
      )
      .selectAll()
      .where('id', '>', textCursor(after) ?? '')
      .where(visible)
      .orderBy('id')
      .limit(limit + 1);
    if (api !== undefined) query = query.where('api', '=', api);
    if (environment !== undefined) query = query.where('environment', '=', environment);
    const rows = await query.execute();
    const deployments = rows.slice(0, limit).map(({ first_seen, last_seen, ...one }) => ({
      ...one,
      firstSeen: first_seen.toISOString(),
      lastSeen: last_seen.toISOString(),
    }));
    const last = rows.length > limit ? deployments.at(-1) : undefined;
    const next = last === undefined ? null : cursorOf([last.id]);
    return sendTagged(request, reply, { deployments, next }, { objects: { type: 'Deployment', items: deployments } });
  });
}
