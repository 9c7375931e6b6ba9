import type { FastifyInstance } from 'fastify';
import { decisionsOfGuard } from '../../lifecycle/standing.ts';
import { wantedOf } from '../../posture/enforcements.ts';
import { publishedContract } from '../../inventory/published-contract.ts';
import { callerIn, sendTagged, type Routes } from '../exchange.ts';
import { RegistryProblem } from '../problem.ts';
import { fingerprintKey, takeReport, type Report } from '../reports.ts';

/** What guards send, and take. */
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
  app.get<{ Querystring: { version: 'published' | 'latest' } }>('/contract', async (request, reply) => {
    const { subject } = callerIn(request, routes);
    const guard = await store.db.selectFrom('guards').select('api').where('id', '=', subject).executeTakeFirst();
    const contract = await publishedContract(store, guard?.api ?? '', request.query.version);
    if (contract === undefined)
      throw new RegistryProblem(
        404,
        'Not found',
        `there is no ${request.query.version} contract of the API of this key`,
      );
    return sendTagged(request, reply, contract);
  });
}
