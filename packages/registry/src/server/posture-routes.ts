import { CastellanError } from '@castellan/contract';
import type { PostureEntry } from '@castellan/gateway/configuration';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { readOverview } from '../posture/overview.ts';
import { readAllPosture } from '../posture/posture.ts';
import { postureReport } from '../posture/report.ts';
import { stepsOf, type PlacedStep } from '../posture/steps.ts';
import type { Store } from '../store/open.ts';
import { standards } from './posture-paths.ts';

/** So old, milliseconds, steps over all APIs are computed anew. */
const oldest = 60_000;

/**
 * Adds the resources of posture.
 * @param entry policies on posture, as castellan.yaml has them
 */
export function servePosture(app: FastifyInstance, store: Store, entry: PostureEntry | undefined): void {
  let steps: { readonly all: readonly PlacedStep[]; readonly at: number } | undefined;
  app.get<{ Querystring: { limit: number; after?: string } }>('/posture', async ({ query: { limit, after } }) => {
    const { lines, next } = await readOverview(store, { limit, after });
    return { apis: lines, next: next ?? null };
  });
  app.get<{ Querystring: { limit: number } }>('/posture/next', async ({ query: { limit } }) => {
    const now = store.clock();
    if (steps === undefined || now - steps.at > oldest)
      steps = { all: stepsOf(await readAllPosture(store), undefined, now), at: now };
    return { steps: steps.all.slice(0, limit), all: steps.all.length };
  });
  app.get<{ Params: { api: string }; Querystring: { environment?: string } }>(
    '/apis/:api/posture',
    ({ params: { api }, query: { environment } }, reply) =>
      orNotFound(reply, postureReport(store, api, { environment, entry })),
  );
  app.get('/standards', () => standards);
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
