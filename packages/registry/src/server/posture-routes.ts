import { CastellanError } from '@castellan/contract';
import type { PostureEntry } from '@castellan/gateway/configuration';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { readOverview, refreshScores } from '../posture/overview.ts';
import { postureReport } from '../posture/report.ts';
import { stepsOf, type PlacedStep } from '../posture/steps.ts';
import { takeLease } from '../store/lease.ts';
import type { Store } from '../store/open.ts';
import { standards } from './posture-paths.ts';

/** Milliseconds between two times that all scores are computed. */
const every = 60_000;

/** Posture over HTTP, computed anew every minute by one of the registries of a store. */
export interface PostureService {
  /** Computes all scores, where no other registry of this store does. */
  refresh(): Promise<void>;
  close(): void;
}

/**
 * Adds the resources of posture.
 * @param entry policies on posture, as castellan.yaml has them
 * @param holder who takes the lease: another name in each process
 */
export function servePosture(
  app: FastifyInstance,
  store: Store,
  { entry, holder }: { readonly entry?: PostureEntry | undefined; readonly holder: string },
): PostureService {
  let steps: { readonly all: readonly PlacedStep[]; readonly at: number } | undefined;
  const compute = async (): Promise<readonly PlacedStep[]> => {
    const { postures } = await refreshScores(store, entry);
    const all = stepsOf(postures, undefined, store.clock());
    steps = { all, at: store.clock() };
    return all;
  };
  const refresh = async (): Promise<void> => {
    if (await takeLease(store, 'posture', holder, every * 2)) await compute();
  };
  app.get<{ Querystring: { limit: number; after?: string } }>('/posture', async ({ query: { limit, after } }) => {
    const { lines, next } = await readOverview(store, { limit, after });
    return { apis: lines, next: next ?? null };
  });
  app.get<{ Querystring: { limit: number } }>('/posture/next', async ({ query: { limit } }) => {
    const all = steps !== undefined && store.clock() - steps.at <= every ? steps.all : await compute();
    return { steps: all.slice(0, limit), all: all.length };
  });
  app.get<{ Params: { api: string }; Querystring: { environment?: string } }>(
    '/apis/:api/posture',
    ({ params: { api }, query: { environment } }, reply) =>
      orNotFound(reply, postureReport(store, api, { environment, entry })),
  );
  app.get('/standards', () => standards);
  const timer = setInterval(() => void refresh().catch(() => undefined), every).unref();
  return { refresh, close: () => clearInterval(timer) };
}

/** What there is not is answered 404, with what was meant. */
export async function orNotFound<T>(reply: FastifyReply, job: Promise<T>): Promise<T | FastifyReply> {
  try {
    return await job;
  } catch (error) {
    const status = error instanceof CastellanError ? statusOf.get(error.code) : undefined;
    if (!(error instanceof CastellanError) || status === undefined) throw error;
    const title = status === 404 ? 'Not Found' : 'Forbidden';
    const problem = { type: 'about:blank', title, status, detail: error.message };
    return reply.status(status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

const statusOf: ReadonlyMap<string, number> = new Map([
  ['unknown-api', 404],
  ['unknown-operation', 404],
  ['lifecycle-refused', 403],
]);
