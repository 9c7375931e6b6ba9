import type { FastifyInstance } from 'fastify';
import { decisionsOfGuard } from '../../lifecycle/standing.ts';
import { wantedOf } from '../../posture/enforcements.ts';
import { callerIn, type Routes } from '../exchange.ts';
import { fingerprintKey, takeReport, type Report } from '../reports.ts';

/** What guards send. */
export function guardRoutes(app: FastifyInstance, routes: Routes): void {
  const { store } = routes;
  app.post<{ Body: Report }>('/reports', async (request, reply) => {
    const { subject } = callerIn(request, routes);
    await takeReport(store, subject, request.body);
    return reply.send({
      fingerprintKey: await fingerprintKey(store),
      wanted: await wantedOf(store, request.body.heartbeat.controls),
      lifecycle: await decisionsOfGuard(store, subject),
    });
  });
}
