import type { FastifyInstance } from 'fastify';
import { callerIn, type Routes } from '../exchange.ts';
import { fingerprintKey, takeReport, type Report } from '../reports.ts';

/** What guards send. */
export function guardRoutes(app: FastifyInstance, routes: Routes): void {
  const { store } = routes;
  app.post<{ Body: Report }>('/reports', async (request, reply) => {
    await takeReport(store, callerIn(request, routes).subject, request.body);
    return reply.send({ fingerprintKey: await fingerprintKey(store) });
  });
}
