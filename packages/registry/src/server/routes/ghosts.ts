import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { findGhosts } from '../../ghosts/find.ts';
import { recentGhosts } from '../../ghosts/recent.ts';
import { byWeight, ghostKinds, ghostSeverities, type Ghost, type GhostKind } from '../../ghosts/ghost.ts';
import type { Store } from '../../store/open.ts';
import { cursorOf, readCursor } from '../cursor.ts';
import { filterIn, sendTagged, type Routes } from '../exchange.ts';
import { strange } from './apis.ts';

interface Query {
  readonly limit: number;
  readonly after?: string;
  readonly api?: string;
  readonly environment?: string;
  readonly kind?: GhostKind;
}

type Place = Pick<Ghost, 'severity' | 'kind' | 'api' | 'environment' | 'subject'>;

/** What is wrong between documents, deployments and traffic. */
export function ghostRoutes(app: FastifyInstance, { store }: Routes): void {
  app.get<{ Querystring: Query }>('/ghosts', async (request, reply) => {
    const { limit, after, api, environment, kind } = request.query;
    // Who says so is not answered with those of some seconds ago.
    const isNow = /\bno-cache\b/.test(request.headers['cache-control'] ?? '');
    const { ghosts, checked } = isNow ? await findGhosts(store) : await recentGhosts(store);
    const owners = await ownersOf(store);
    const asked = ghosts
      .filter(
        (ghost) =>
          (api === undefined || ghost.api === api) &&
          (environment === undefined || ghost.environment === environment) &&
          (kind === undefined || ghost.kind === kind),
      )
      .map((ghost) => ({ id: idOf(ghost), owner: owners.get(ghost.api) ?? null, ...ghost }));
    const visible = await (await filterIn(request)('Ghost')).keep(asked);
    const begin = after === undefined ? undefined : placeOf(after);
    const rest =
      begin === undefined ? visible : visible.filter((ghost) => byWeight(ghost as Ghost, begin as Ghost) > 0);
    const page = rest.slice(0, limit);
    const last = rest.length > limit ? page.at(-1) : undefined;
    const next =
      last === undefined ? null : cursorOf([last.severity, last.kind, last.api, last.environment, last.subject]);
    return sendTagged(
      request,
      reply,
      { ghosts: page, all: visible.length, checked, next },
      { objects: { type: 'Ghost', items: page } },
    );
  });
}

async function ownersOf({ db }: Store): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.selectFrom('apis').select(['id', 'owner']).execute();
  return new Map(rows.map(({ id, owner }) => [id, owner]));
}

/** The same as long as it is the same ghost. */
function idOf({ kind, api, environment, subject }: Ghost): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, api, environment, subject]))
    .digest('base64url')
    .slice(0, 22);
}

function placeOf(after: string): Place {
  const [severity, kind, api, environment, subject] = readCursor(after, 5) ?? [];
  const known = {
    severity: ghostSeverities.find((one) => one === severity),
    kind: ghostKinds.find((one) => one === kind),
  };
  if (known.severity === undefined || known.kind === undefined) throw strange();
  return {
    severity: known.severity,
    kind: known.kind,
    api: String(api),
    environment: String(environment),
    subject: String(subject),
  };
}
