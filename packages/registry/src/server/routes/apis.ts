import type { FastifyInstance } from 'fastify';
import { deleteApi } from '../../inventory/delete-api.ts';
import { listApis } from '../../inventory/list.ts';
import { listOperations } from '../../inventory/operations.ts';
import { showApi, type ShownApi } from '../../inventory/show.ts';
import type { Store } from '../../store/open.ts';
import { storable } from '../../store/storable.ts';
import { cursorOf, readCursor } from '../cursor.ts';
import { isMatched } from '../etag.ts';
import { callerIn, visibleIn, sendTagged, type Routes } from '../exchange.ts';
import { note } from '../journal.ts';
import { notFound, RegistryProblem } from '../problem.ts';

interface Page {
  readonly limit: number;
  readonly after?: string;
}

/** APIs: read, changed, forgotten. */
export function apiRoutes(app: FastifyInstance, routes: Routes): void {
  const { store } = routes;
  app.get<{ Querystring: Page & { owner?: string; environment?: string } }>('/apis', async (request, reply) => {
    const { limit, after, owner, environment } = request.query;
    const visible = await visibleIn(request, 'RegisteredApi');
    const page = await listApis(store, {
      limit,
      after: textCursor(after),
      owner,
      environment,
      where: visible,
    });
    const next = page.next === undefined ? null : cursorOf([page.next]);
    return sendTagged(
      request,
      reply,
      { apis: page.items, next },
      { objects: { type: 'RegisteredApi', items: page.items } },
    );
  });
  app.get<{ Params: { api: string } }>('/apis/:api', async (request, reply) => {
    const api = await showOr404(store, request.params.api);
    return sendTagged(request, reply, shown(api), { recorded: recordedOf(api) });
  });
  app.get<{ Params: { api: string }; Querystring: Page }>('/apis/:api/operations', async (request, reply) => {
    const { limit, after } = request.query;
    const { digest } = await showOr404(store, request.params.api);
    const page = await listOperations(store, { id: request.params.api, digest }, { limit, after: pairCursor(after) });
    return sendTagged(request, reply, {
      operations: page.items,
      next: page.next === undefined ? null : cursorOf(page.next),
    });
  });
  app.get<{ Params: { api: string; digest: string } }>('/apis/:api/contracts/:digest', async (request, reply) => {
    const { api, digest } = request.params;
    const row = await store.db
      .selectFrom('contracts')
      .select(['digest', 'version', 'source', 'document'])
      .where('api', '=', api)
      .where('digest', '=', digest)
      .executeTakeFirst();
    if (row === undefined) throw notFound(`contract ${digest} of ${api}`);
    return sendTagged(request, reply, row);
  });
  app.patch<{ Params: { api: string }; Body: { owner?: string; description?: string } }>(
    '/apis/:api',
    async (request, reply) => {
      const { api } = request.params;
      await store.db.transaction().execute(async (db) => {
        const tx = { ...store, db };
        const said = (await requireSame(tx, api, request.headers['if-match'])).said;
        const changed = {
          ...(request.body.owner === undefined ? {} : { owner: storable(request.body.owner, 200) }),
          ...(request.body.description === undefined ? {} : { description: storable(request.body.description) }),
        };
        await db
          .updateTable('apis')
          .set({ ...changed, said: JSON.stringify({ ...said, ...changed }), updated: new Date(store.clock()) })
          .where('id', '=', api)
          .execute();
        const what = Object.entries(changed).map(([name, value]) => `${name} ${value}`);
        await note(tx, callerIn(request, routes).subject, 'api-changed', `${api}: ${what.join(', ')}`);
      });
      const now = await showOr404(store, api);
      return sendTagged(request, reply, shown(now), { recorded: recordedOf(now) });
    },
  );
  app.delete<{ Params: { api: string } }>('/apis/:api', async (request, reply) => {
    const { api } = request.params;
    await store.db.transaction().execute(async (db) => {
      const tx = { ...store, db };
      await requireSame(tx, api, request.headers['if-match']);
      await deleteApi(tx, api);
      await note(tx, callerIn(request, routes).subject, 'api-deleted', api);
    });
    return reply.status(204).send();
  });
}

/** Operations have their own pages. */
function shown(api: ShownApi): object {
  return { ...api, operationList: undefined };
}

/** What people and documents say of an API, without what traffic changes. */
function recordedOf({ title, owner, description, state, sunset, links, digest, versions }: ShownApi): string {
  return JSON.stringify([title, owner, description, state, sunset, links, digest, versions]);
}

async function showOr404(store: Store, id: string): Promise<ShownApi> {
  const known = await store.db.selectFrom('apis').select('id').where('id', '=', id).executeTakeFirst();
  if (known === undefined) throw notFound(`API ${id}`);
  return showApi(store, id);
}

/** @throws RegistryProblem 404, 412, 428 */
async function requireSame(store: Store, id: string, ifMatch: string | undefined) {
  // Nobody changes it between.
  const row = await store.db.selectFrom('apis').select('said').where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound(`API ${id}`);
  requireMatch(ifMatch, recordedOf(await showApi(store, id)));
  return row;
}

/** @throws RegistryProblem 412, 428 */
export function requireMatch(ifMatch: string | undefined, recorded: string): void {
  if (ifMatch === undefined)
    throw new RegistryProblem(428, 'Precondition Required', 'read it first, and send its ETag as If-Match');
  if (!isMatched(ifMatch, recorded))
    throw new RegistryProblem(
      412,
      'Precondition Failed',
      'it was changed since: read it again, and send its ETag as If-Match',
    );
}

/** @throws RegistryProblem 400 */
export function textCursor(after: string | undefined): string | undefined {
  if (after === undefined) return undefined;
  const [key] = readCursor(after, 1) ?? [];
  if (typeof key !== 'string') throw strange();
  return key;
}

function pairCursor(after: string | undefined): readonly [string, string] | undefined {
  if (after === undefined) return undefined;
  const [path, method] = readCursor(after, 2) ?? [];
  if (typeof path !== 'string' || typeof method !== 'string') throw strange();
  return [path, method];
}

export function strange(): RegistryProblem {
  return new RegistryProblem(400, 'Bad Request', 'after is not the next of a page of this list: begin without it');
}
