import type { FastifyInstance } from 'fastify';
import { publishedContract } from '../../inventory/published-contract.ts';
import { callerIn, sendTagged, type Routes } from '../exchange.ts';
import { RegistryProblem } from '../problem.ts';
import { fingerprintKey, takeReport, type Report } from '../reports.ts';

/** What guards send, and take. */
export function guardRoutes(app: FastifyInstance, routes: Routes): void {
  const { store } = routes;
  app.post<{ Body: Report }>('/reports', async (request, reply) => {
    await takeReport(store, callerIn(request, routes).subject, request.body);
    return reply.send({ fingerprintKey: await fingerprintKey(store) });
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
