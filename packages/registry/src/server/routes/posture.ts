import { asvsOf, owaspControls, type EvidenceRecord } from '@castellan/assess/controls';
import type { PostureEntry } from '@castellan/gateway/configuration';
import { CastellanError } from '@castellan/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql, type RawBuilder } from 'kysely';
import { apiIdOf } from '../../inventory/api-id.ts';
import { recordEvidence } from '../../posture/import-evidence.ts';
import { readOverview } from '../../posture/overview.ts';
import { readAllPosture, type ApiPosture } from '../../posture/posture.ts';
import { postureReport } from '../../posture/report.ts';
import { stepsOf, type PlacedStep } from '../../posture/steps.ts';
import { cursorOf } from '../cursor.ts';
import { filterIn, requireImport, sendOnce, sendTagged, type Routes } from '../exchange.ts';
import { RegistryProblem } from '../problem.ts';
import { textCursor } from './apis.ts';
import { orProblem } from './or-problem.ts';

/** So old, milliseconds, steps over all APIs are computed anew: where another registry of the store computes the scores. */
const oldest = 75_000;

/**
 * Evidence, scores and what to do next.
 * @param entry policies on posture, as castellan.yaml has them
 * @returns takes what the scores were computed from: what to do next is computed with it, so that nobody waits for that
 */
export function postureRoutes(
  app: FastifyInstance,
  routes: Routes,
  entry: PostureEntry | undefined,
): (postures: readonly ApiPosture[]) => void {
  const { store } = routes;
  let steps: { readonly all: readonly PlacedStep[]; readonly at: number } | undefined;
  const keep = (postures: readonly ApiPosture[]): readonly PlacedStep[] => {
    const now = store.clock();
    const all = stepsOf(postures, undefined, now);
    steps = { all, at: now };
    return all;
  };
  app.get<{ Querystring: { limit: number; after?: string } }>('/posture', async (request, reply) => {
    const { limit, after } = request.query;
    const where = await visible(request);
    const { lines, next } = await readOverview(store, { limit, after: textCursor(after), where });
    return sendTagged(request, reply, { apis: lines, next: next === undefined ? null : cursorOf([next]) });
  });
  app.get<{ Querystring: { limit: number } }>('/posture/next', async (request, reply) => {
    const recent = steps !== undefined && store.clock() - steps.at <= oldest ? steps.all : undefined;
    const known = recent ?? keep(await readAllPosture(store));
    const rows = await store.db
      .selectFrom('apis')
      .select('id')
      .where(await visible(request))
      .execute();
    const seen = new Set(rows.map(({ id }) => id));
    const all = known.filter(({ api }) => seen.has(api));
    return sendTagged(request, reply, { steps: all.slice(0, request.query.limit), all: all.length });
  });
  app.get<{ Params: { api: string }; Querystring: { environment?: string } }>(
    '/apis/:api/posture',
    async (request, reply) => {
      const { environment } = request.query;
      const report = await orProblem(postureReport(store, request.params.api, { environment, entry }));
      return sendTagged(request, reply, report, { tagged: JSON.stringify({ ...report, at: '' }) });
    },
  );
  app.get('/standards', (request, reply) => sendTagged(request, reply, { owasp: owaspControls, asvs: asvsOf }));
  app.post<{ Body: { source: string; records: EvidenceRecord[] } }>('/evidence', (request, reply) =>
    sendOnce(request, reply, routes, async () => {
      const { source, records } = request.body;
      const named = new Set(records.map(({ api }) => api));
      // What the caller may not see is not known to them: neither named nor told from what there is not.
      const all = await store.db.selectFrom('apis').select(['id', 'title', 'owner']).execute();
      const apis = await (await filterIn(request)('RegisteredApi', 'listApis')).keep(all);
      for (const name of named) {
        const api = apis.find(({ id, title }) => id === name || id === apiIdOf(name) || title === name);
        // What is not known is named in the answer, and nothing of it is kept.
        if (api !== undefined) await requireImport(request, api.id, api.owner);
      }
      try {
        return { status: 200, body: await recordEvidence(store, source, records, new Set(apis.map(({ id }) => id))) };
      } catch (error) {
        if (error instanceof CastellanError && error.code === 'invalid-evidence')
          throw new RegistryProblem(422, 'Unprocessable Content', error.message);
        throw error;
      }
    }),
  );
  return (postures) => void keep(postures);
}

/** The APIs that the caller may see, as a condition. */
async function visible(request: FastifyRequest): Promise<RawBuilder<boolean>> {
  return (await filterIn(request)('RegisteredApi', 'listApis')).kysely(sql) as RawBuilder<boolean>;
}
