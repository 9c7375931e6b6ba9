import type { FastifyInstance } from 'fastify';
import { toApiCatalog } from '../../export/api-catalog.ts';
import { exportSnapshot, type ExportFormat } from '../../export/index.ts';
import { readCatalog } from '../../export/read-catalog.ts';
import { takeSnapshot, type Snapshot } from '../../export/snapshot.ts';
import { registryDocument } from '../document/index.ts';
import { callerIn, filterIn, sendTagged, type Routes } from '../exchange.ts';
import type { FastifyRequest } from 'fastify';
import { mostListed } from '../../inventory/most-listed.ts';

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  json: 'application/octet-stream',
  'api-catalog': 'application/octet-stream',
  cyclonedx: 'application/octet-stream',
  backstage: 'application/octet-stream',
  csv: 'text/csv',
  markdown: 'text/markdown',
};

/** The inventory as a whole, and what everybody may read. */
export function exportRoutes(
  app: FastifyInstance,
  routes: Routes,
  document: ReturnType<typeof registryDocument>,
): void {
  const { store } = routes;
  app.get('/openapi.json', (request, reply) => sendTagged(request, reply, document));
  app.get('/.well-known/api-catalog', async (request, reply) => {
    const catalog = `${request.protocol}://${request.host}/.well-known/api-catalog`;
    const linkset = toApiCatalog(await readCatalog(store), catalog);
    return sendTagged(request, reply, linkset, { type: 'application/linkset+json' });
  });
  app.get('/me', (request, reply) => sendTagged(request, reply, callerIn(request, routes)));
  app.get<{ Querystring: { format: ExportFormat } }>('/export', async (request, reply) => {
    const { format } = request.query;
    const snapshot = await visible(request, routes);
    const tagged = `${format} ${JSON.stringify({ ...snapshot, time: '' })}`;
    return sendTagged(request, reply, exportSnapshot(snapshot, format), { type: mediaTypes[format], tagged });
  });
  app.get('/inventory', async (request, reply) => {
    const { environments, dependencies, unreadable } = await visible(request, routes);
    return sendTagged(request, reply, {
      environments: environments.slice(0, mostListed.allEnvironments),
      dependencies: dependencies.slice(0, mostListed.dependencies),
      unreadable: unreadable.slice(0, mostListed.unreadable),
    });
  });
}

/** Who sees the APIs of a team only, sees of the rest nothing. */
async function visible(request: FastifyRequest, routes: Routes): Promise<Snapshot> {
  const snapshot = await takeSnapshot(routes.store);
  const { roles } = callerIn(request, routes);
  if (roles.some((role) => role !== 'owner' && role !== 'guard')) return snapshot;
  const apis = await (await filterIn(request)('RegisteredApi', 'listApis')).keep(snapshot.apis);
  return { time: snapshot.time, apis, environments: [], dependencies: [], unreadable: [] };
}
