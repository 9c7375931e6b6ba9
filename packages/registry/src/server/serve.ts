import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { CastellanError } from '@castellan/contract';
import type { DetectionOptions } from '@castellan/detect';
import type { AuditOptions, Guard } from '@castellan/guard';
import { fastify as guarding } from '@castellan/guard/fastify';
import createFastify, { type FastifyInstance } from 'fastify';
import type { PostureEntry } from '@castellan/gateway/configuration';
import { startPosture } from '../posture/start.ts';
import { startLooking, type Looking } from '../incidents/looking.ts';
import type { Store } from '../store/open.ts';
import { retentionJob, type Retention } from '../upkeep/retention.ts';
import { startUpkeep } from '../upkeep/start.ts';
import { createKey, LocalGuardKeys, type KeyHolder } from './access/keys.ts';
import { knowRegistryAnswers } from './access/known-answers.ts';
import { createRegistryGuard, openIdConnectUrlOf, type LoginOptions } from './access/registry-guard.ts';
import { registryDocument } from './document/index.ts';
import type { Routes } from './exchange.ts';
import { RegistryProblem } from './problem.ts';
import { storableRequest } from './storable-request.ts';
import { mostBody } from './document/changing-paths.ts';
import { apiRoutes } from './routes/apis.ts';
import { backupRoutes } from './routes/backup.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { exportRoutes } from './routes/exports.ts';
import { ghostRoutes } from './routes/ghosts.ts';
import { guardRoutes } from './routes/guards.ts';
import { importRoutes } from './routes/imports.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { journalRoutes } from './routes/journal.ts';
import { keyRoutes } from './routes/keys.ts';
import { lifecycleRoutes } from './routes/lifecycle.ts';
import { postureRoutes } from './routes/posture.ts';

/** A registry that answers. */
export interface RegistryServer {
  /** `http://127.0.0.1:8181` */
  readonly url: string;
  /** The first administrator's key, where there was none: shown once. */
  readonly administratorKey: string | undefined;
  /** A key for the commands of this machine, good until it is closed. */
  readonly localKey: string;
  /**
   * Makes a key for a guard in this process, good until it is closed.
   * @param id the same at each start
   */
  localGuardKey(id: string, holder: KeyHolder): Promise<string>;
  readonly guard: Guard;
  /** Looks for attacks in what guards send. */
  readonly looking: Looking;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Default 8181; 0 takes any. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`: being reachable from outside is a decision. */
  readonly host?: string | undefined;
  /** Policies on posture, as castellan.yaml has them. */
  readonly posture?: PostureEntry | undefined;
  /** PEM files. With `clientCa`, guards may come with client certificates of that authority. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string | undefined } | undefined;
  /** An identity provider whose people may come in. */
  readonly login?: LoginOptions | undefined;
  /** The registry's own audit log. */
  readonly audit?: AuditOptions | undefined;
  readonly environment?: string | undefined;
  /** How attacks are looked for in what guards send. */
  readonly detect?: DetectionOptions | undefined;
  /** How long what is kept. */
  readonly retention?: Retention | undefined;
}

/**
 * Serves the registry's HTTP API, guarded by its own document and policies.
 * @throws CastellanError `port-in-use`, `unreadable`, and what `createGuard` throws
 */
export async function serveRegistry(store: Store, options: ServeOptions = {}): Promise<RegistryServer> {
  const { port = 8181, host = '127.0.0.1', tls, login, audit, environment, retention, detect } = options;
  const certificates = tls?.clientCa !== undefined;
  const localKey = `castellan_${randomBytes(32).toString('base64url')}`;
  const localGuards = new LocalGuardKeys();
  const https = tls === undefined ? undefined : readTls(tls);
  knowRegistryAnswers();
  const guard = await createRegistryGuard(store, { login, certificates, audit, environment, localKey, localGuards });
  // How much each operation takes is for the guard to say.
  const common = { logger: false, schemaController, bodyLimit: mostBody };
  const app = (https === undefined ? createFastify(common) : createFastify({ ...common, https })) as FastifyInstance;
  const looking = await startLooking(store, detect);
  const routes: Routes = { store, groups: login?.roles, looking };
  await app.register(guarding(guard));
  app.addHook('preHandler', storableRequest);
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof RegistryProblem)) throw error;
    return reply.status(error.status).type('application/problem+json').send(JSON.stringify(error.body));
  });
  const document = registryDocument('/', { certificates, openIdConnectUrl: openIdConnectUrlOf(login) });
  exportRoutes(app, routes, document);
  for (const add of [
    apiRoutes,
    backupRoutes,
    deploymentRoutes,
    ghostRoutes,
    guardRoutes,
    importRoutes,
    incidentRoutes,
    journalRoutes,
    keyRoutes,
    lifecycleRoutes,
  ])
    add(app, routes);
  const keepSteps = postureRoutes(app, routes, options.posture);
  const stopPosture = startPosture(store, options.posture, keepSteps);
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
      administratorKey: await firstAdministrator(store),
      localKey,
      localGuardKey: (id, holder) => localGuards.add(store, id, holder),
      guard,
      looking,
      async close() {
        await upkeep.stop();
        await stopPosture();
        await app.close();
        await looking.close();
        await guard.end();
      },
    };
  } catch (cause) {
    await upkeep.stop();
    await looking.close();
    await guard.end();
    throw new CastellanError({
      code: 'port-in-use',
      message: `the registry cannot listen on ${host}:${port} (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      mend:
        (cause as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL'
          ? `${host} is no address of this machine; name one of its own with --address`
          : 'name another with --port',
      cause,
    });
  }
}

/** No route has a schema of Fastify's: the guard checks by the document. Its compilers would take a twentieth of a start. */
const schemaController = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } };

function noSchemas(): never {
  throw new TypeError('a route of the registry has a schema of Fastify, which nothing compiles');
}

function readTls({ cert, key, clientCa }: NonNullable<ServeOptions['tls']>) {
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (cause) {
      throw new CastellanError({
        code: 'unreadable',
        message: `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
        place: { file },
        mend: 'name PEM files in serve.tls',
        cause,
      });
    }
  };
  const files = { cert: read(cert), key: read(key), ca: clientCa === undefined ? undefined : read(clientCa) };
  try {
    createSecureContext({ cert: files.cert, key: files.key });
    // Node takes a file without any for one of none, and would know no guard.
    if (files.ca !== undefined) void new X509Certificate(files.ca);
  } catch (cause) {
    throw new CastellanError({
      code: 'tls-file',
      message: `the TLS certificate, key and client CA cannot be used (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: cert },
      mend: 'name a PEM certificate chain, the PEM private key that belongs to it without a passphrase, and PEM authorities',
      cause,
    });
  }
  return {
    cert: files.cert,
    key: files.key,
    // Whom a certificate does not let in, may have a key.
    ...(files.ca === undefined ? {} : { ca: files.ca, requestCert: true, rejectUnauthorized: false }),
  };
}

/** Of several processes that start at once on one store, one makes it. */
async function firstAdministrator(store: Store): Promise<string | undefined> {
  const first = await store.db
    .insertInto('settings')
    .values({ name: 'first-administrator', value: new Date(store.clock()).toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .executeTakeFirst();
  if (first === undefined) return undefined;
  const known = await store.db.selectFrom('guards').select('id').where('role', '=', 'administrator').executeTakeFirst();
  if (known !== undefined) return undefined;
  return (await createKey(store, { name: 'first administrator', role: 'administrator' })).key;
}
