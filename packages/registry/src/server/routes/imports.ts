import type { FastifyInstance, FastifyRequest } from 'fastify';
import { recordDeployments, type Dependency } from '../../inventory/import-deployments.ts';
import { recordSent, type SentImport } from '../../inventory/record-sent.ts';
import type { Deployment } from '../../inventory/record-deployment.ts';
import { correctedApis, correctTemplate } from '../../sightings/corrections.ts';
import type { GatheredSighting } from '../../sightings/gather.ts';
import { recordImport, type TrafficImport } from '../../sightings/record-import.ts';
import { recordSightings } from '../../sightings/record.ts';
import { refold } from '../../sightings/refold.ts';
import { CastellanError } from '@castellan/contract';
import { storable } from '../../store/storable.ts';
import type { IdentityFact } from '../../store/tables.ts';
import { callerIn, requireImport, sendOnce, sendTagged, type Routes } from '../exchange.ts';
import { note } from '../journal.ts';
import { RegistryProblem } from '../problem.ts';
import { ownerOf } from './owner.ts';
import { mostListed } from '../../inventory/most-listed.ts';

interface SightingsBody {
  readonly environment: string;
  readonly source: string;
  readonly sightings: readonly GatheredSighting[];
  readonly import?: TrafficImport;
}

/** As it is sent: nothing of it is ever connected to. */
interface SentDeployment extends Omit<Deployment, 'url' | 'identities' | 'digest' | 'resources'> {
  readonly address?: string | null | undefined;
  readonly identities?: readonly (Omit<IdentityFact, 'host'> & { readonly provider: string })[] | undefined;
}

/** What is imported; each into APIs that the caller may import into. */
export function importRoutes(app: FastifyInstance, routes: Routes): void {
  const { store } = routes;
  app.post<{ Body: SentImport }>('/documents', (request, reply) =>
    sendOnce(request, reply, routes, async () => {
      const { body } = request;
      const { subject, roles, teams } = callerIn(request, routes);
      const outcome = await recordSent(store, body, async ({ id, owner, documented }) => {
        if (roles.includes('administrator')) return body.owner;
        // A new API belongs to who names a team of theirs, or is in one team only; what has an owner keeps it.
        const claimed = owner ?? body.owner ?? documented ?? (teams.length === 1 ? teams[0] : undefined) ?? null;
        await requireImport(request, id, (await isKnown(routes, id)) ? owner : claimed);
        return claimed ?? undefined;
      });
      await note(store, subject, 'document-imported', `${outcome.outcome} ${body.source}`);
      return { status: 200, body: outcome };
    }),
  );
  app.post<{ Body: { deployments: readonly SentDeployment[]; dependencies?: readonly Dependency[] } }>(
    '/deployments/import',
    (request, reply) =>
      sendOnce(request, reply, routes, async () => {
        const { deployments, dependencies = [] } = request.body;
        await requireAll(
          request,
          routes,
          deployments.map(({ api }) => api ?? ''),
        );
        if (dependencies.length > 0 && !isAdministrator(request, routes))
          throw new RegistryProblem(403, 'Forbidden', 'dependencies are imported by administrators');
        const { subject } = callerIn(request, routes);
        await recordDeployments(
          store,
          deployments.map((one) => placed(one, isAdministrator(request, routes) ? undefined : subject)),
          dependencies,
        );
        await note(store, subject, 'deployments-imported', String(deployments.length));
        return { status: 200, body: { deployments: deployments.length, dependencies: dependencies.length } };
      }),
  );
  app.post<{ Body: SightingsBody }>('/sightings', (request, reply) =>
    sendOnce(request, reply, routes, async () => {
      const { environment, source, sightings, import: file } = request.body;
      await requireAll(
        request,
        routes,
        sightings.map(({ api }) => api),
      );
      await store.db.transaction().execute(async (db) => {
        const tx = { ...store, db };
        await recordSightings(tx, sightings, { environment, source });
        await refold(tx, sightings);
      });
      if (file !== undefined) await recordImport(store, file);
      await note(
        store,
        callerIn(request, routes).subject,
        'sightings-imported',
        `${sightings.length} ${file?.source ?? ''}`,
      );
      return { status: 200, body: { sightings: sightings.length } };
    }),
  );
  app.get('/templates', async (request, reply) => {
    const rows = await store.db
      .selectFrom('templates')
      .select(['host', 'template'])
      .orderBy('template')
      .limit(mostListed.templates)
      .execute();
    return sendTagged(request, reply, { templates: rows });
  });
  app.post<{ Body: { host?: string; template: string } }>('/templates', (request, reply) =>
    sendOnce(request, reply, routes, async () => {
      const { host = '', template } = request.body;
      // What it puts together may be of several APIs.
      if (!isAdministrator(request, routes))
        for (const api of await correctedApis(store, host.toLowerCase(), template))
          await requireImport(request, api, await ownerOf(store, api));
      const merged = await correctTemplate(store, host, template).catch((error: unknown) => {
        if (!(error instanceof CastellanError)) throw error;
        throw new RegistryProblem(422, 'Unprocessable Content', error.message);
      });
      await note(store, callerIn(request, routes).subject, 'template-corrected', `${host} ${template}`);
      return { status: 200, body: { merged } };
    }),
  );
}

function isAdministrator(request: FastifyRequest, routes: Routes): boolean {
  return callerIn(request, routes).roles.includes('administrator');
}

async function isKnown({ store }: Routes, api: string): Promise<boolean> {
  const row = await store.db.selectFrom('apis').select('id').where('id', '=', api).executeTakeFirst();
  return row !== undefined;
}

/** What is of no API is imported by administrators. */
async function requireAll(request: FastifyRequest, routes: Routes, apis: readonly string[]): Promise<void> {
  if (isAdministrator(request, routes)) return;
  for (const api of new Set(apis)) await requireImport(request, api, await ownerOf(routes.store, api));
}

/** A deployment that is imported takes the place of no heartbeat, and of none that somebody else imported. */
function placed({ address, identities = [], ...deployment }: SentDeployment, subject: string | undefined): Deployment {
  const id = deployment.id.replace(/^guard:/, 'import:');
  return {
    ...deployment,
    // What a guard says of itself comes with its key alone.
    source: storable(deployment.source) === 'heartbeat' ? 'import' : deployment.source,
    id: subject === undefined ? id : `import:${subject}:${id}`,
    url: address,
    identities: identities.map(({ provider, ...one }) => ({ ...one, host: provider })),
  };
}
