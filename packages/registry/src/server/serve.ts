import { CastellanError } from '@castellan/contract';
import { createGuard, type GuardEvent } from '@castellan/guard';
import { fastify as guarding } from '@castellan/guard/fastify';
import type { GuardedRequest } from '@castellan/guard/node';
import type { PostureEntry } from '@castellan/gateway/configuration';
import createFastify from 'fastify';
import { toApiCatalog } from '../export/api-catalog.ts';
import { readCatalog } from '../export/read-catalog.ts';
import { recentGhosts } from '../ghosts/recent.ts';
import { listApis } from '../inventory/list.ts';
import type { Store } from '../store/open.ts';
import { retentionJob, type Retention } from '../upkeep/retention.ts';
import { startUpkeep } from '../upkeep/start.ts';
import { registryDocument } from './document.ts';
import { decisionsOfGuard } from '../lifecycle/standing.ts';
import { wantedOf } from '../posture/enforcements.ts';
import { createKey, keyStore, type Role } from './keys.ts';
import { serveLifecycle } from './lifecycle-routes.ts';
import { startPosture } from '../posture/start.ts';
import { servePosture } from './posture-routes.ts';
import { fingerprintKey, note, takeReport, type Report } from './reports.ts';

/** A registry that answers. */
export interface RegistryServer {
  /** `http://127.0.0.1:8181` */
  readonly url: string;
  /** The first administrator's key, where there was none: shown once. */
  readonly administratorKey: string | undefined;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Default 8181; 0 takes any. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`: being reachable from outside is a decision. */
  readonly host?: string | undefined;
  /** Policies on posture, as castellan.yaml has them. */
  readonly posture?: PostureEntry | undefined;
  /** How long what is kept. */
  readonly retention?: Retention | undefined;
}

/**
 * Serves the registry's HTTP API, guarded by its own document.
 * @throws CastellanError `port-in-use`
 */
export async function serveRegistry(
  store: Store,
  { port = 8181, host = '127.0.0.1', retention, posture: postureEntry }: ServeOptions = {},
): Promise<RegistryServer> {
  const document = registryDocument('/');
  const guard = await createGuard({
    contract: document,
    authentication: { key: { store: keyStore(store) } },
    clock: store.clock,
    onEvent: (event) => void refusedKey(store, event),
  });
  const app = createFastify({ logger: false });
  await app.register(guarding(guard));
  app.get('/openapi.json', () => document);
  app.get('/.well-known/api-catalog', async (request, reply) => {
    const catalog = `${request.protocol}://${request.host}/.well-known/api-catalog`;
    const linkset = toApiCatalog(await readCatalog(store), catalog);
    return reply.type('application/linkset+json').send(JSON.stringify(linkset));
  });
  app.get<{ Querystring: { limit: number; after?: string; owner?: string; environment?: string } }>(
    '/apis',
    async ({ query: { limit, after, owner, environment } }) => {
      const page = await listApis(store, { limit, after, owner, environment });
      return { apis: page.items, next: page.next ?? null };
    },
  );
  app.get<{ Querystring: { limit: number; after?: string } }>('/deployments', async ({ query: { limit, after } }) => {
    const rows = await store.db
      .selectFrom('deployments')
      .select(['id', 'api', 'environment', 'name', 'source', 'mode', 'audit', 'digest', 'first_seen', 'last_seen'])
      .where('id', '>', after ?? '')
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const deployments = rows.slice(0, limit).map(({ first_seen, last_seen, ...one }) => ({
      ...one,
      firstSeen: first_seen.toISOString(),
      lastSeen: last_seen.toISOString(),
    }));
    return { deployments, next: rows.length > limit ? (deployments.at(-1)?.id ?? null) : null };
  });
  app.get<{ Querystring: { limit: number } }>('/ghosts', async ({ query: { limit } }) => {
    const { ghosts } = await recentGhosts(store);
    return { ghosts: ghosts.slice(0, limit), all: ghosts.length };
  });
  app.post<{ Body: { name: string; role: Role; api?: string } }>('/keys', async ({ body, raw }, reply) => {
    const made = await createKey(store, body);
    await note(store, subjectOf(raw), 'key-created', `${made.id}, ${body.role} ${body.api ?? ''}`);
    return reply.status(201).send(made);
  });
  app.post<{ Body: Report }>('/reports', async ({ body, raw }) => {
    await takeReport(store, subjectOf(raw), body);
    return {
      fingerprintKey: await fingerprintKey(store),
      wanted: await wantedOf(store, body.heartbeat.controls),
      lifecycle: await decisionsOfGuard(store, subjectOf(raw)),
    };
  });
  serveLifecycle(app, store, (raw) => ({ actor: subjectOf(raw), role: 'administrator' }));
  servePosture(app, store, postureEntry);
  const administratorKey = await firstAdministrator(store);
  const stopPosture = startPosture(store, postureEntry);
  const upkeep = startUpkeep(store, {
    jobs: [retentionJob(retention)],
    onError: (job, error) =>
      process.emitWarning(`the job ${job} of the registry failed (${String(error)}); it is tried again`, {
        type: 'Castellan',
        code: 'registry-job',
      }),
  });
  try {
    const url = await app.listen({ port, host });
    return {
      url,
      administratorKey,
      async close() {
        await upkeep.stop();
        await stopPosture();
        await app.close();
        await guard.end();
      },
    };
  } catch (cause) {
    await upkeep.stop();
    await guard.end();
    throw new CastellanError({
      code: 'port-in-use',
      message: `the registry cannot listen on ${host}:${port} (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      mend: 'name another with --port',
      cause,
    });
  }
}

/** The id of the key that a request came with: the guard has let nothing in without one. */
function subjectOf(request: object): string {
  const { auth } = request as Partial<GuardedRequest>;
  if (auth === undefined) throw new TypeError('a handler ran without its guard');
  return auth.subject;
}

/** A key that is wrong is written down: a guard that was misconfigured, or somebody who tries. */
async function refusedKey(store: Store, event: GuardEvent): Promise<void> {
  const { refused } = event.unmapped.castellan;
  if (refused?.type !== 'unauthenticated' && refused?.type !== 'insufficient-scope') return;
  await note(
    store,
    event.src_endpoint.ip,
    'key-refused',
    `${refused.type} ${event.unmapped.castellan.template ?? ''}`,
  ).catch(() => undefined);
}

async function firstAdministrator(store: Store): Promise<string | undefined> {
  const known = await store.db.selectFrom('guards').select('id').where('role', '=', 'administrator').executeTakeFirst();
  if (known !== undefined) return undefined;
  return (await createKey(store, { name: 'first administrator', role: 'administrator' })).key;
}
