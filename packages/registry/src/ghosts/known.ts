import { sql, type RawBuilder } from 'kysely';
import { isProduction } from '../inventory/is-production.ts';
import { furtherOf } from '../lifecycle/states.ts';
import type { Store } from '../store/open.ts';
import type { IdentityFact, ResourceFact } from '../store/tables.ts';

/** All that ghosts are looked for in, read once. */
export interface Known {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly apis: readonly KnownApi[];
  readonly deployments: readonly KnownDeployment[];
  readonly sightings: readonly KnownSighting[];
  /** Names of environments that are production. */
  readonly production: ReadonlySet<string>;
}

export interface KnownApi {
  readonly id: string;
  readonly owner: string | null;
  readonly state: string;
  readonly sunset: string | null;
  /** Newest first. */
  readonly digests: readonly string[];
  /** When the newest contract was imported, milliseconds since the epoch. */
  readonly newestSince: number;
  /** `GET /items` of older versions that run beside the newest, at servers of their own. */
  readonly sideBySide: ReadonlySet<string>;
  /** Of the newest contract. */
  readonly operations: readonly {
    readonly operation: string;
    readonly method: string;
    readonly path: string;
    readonly state: string;
    readonly sunset: string | null;
  }[];
}

export interface KnownDeployment {
  readonly id: string;
  readonly api: string | null;
  readonly environment: string;
  readonly name: string;
  readonly source: string;
  readonly place: string;
  readonly digest: string | null;
  readonly audit: boolean | null;
  readonly identities: readonly IdentityFact[];
  readonly resources: readonly ResourceFact[];
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** What was seen of a template, all days together. */
export interface KnownSighting {
  readonly api: string;
  readonly environment: string;
  readonly host: string;
  readonly method: string;
  readonly template: string;
  readonly documented: boolean;
  readonly sources: readonly string[];
  readonly hits: number;
  /** Requests that were answered below 400. */
  readonly answered: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** Operations of older contract versions whose servers are others than those of the newest, by API. */
async function besideNewest(
  db: Store['db'],
  versions: ReadonlyMap<string, readonly { readonly digest: string; readonly servers: readonly string[] }[]>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const [api, [newest, ...older]] of versions) {
    const beside = older.filter(
      ({ servers }) => servers.length > 0 && !servers.some((server) => newest?.servers.includes(server) === true),
    );
    if (beside.length === 0) continue;
    const rows = await db
      .selectFrom('operations')
      .select(['method', 'path'])
      .where('api', '=', api)
      .where(
        'digest',
        'in',
        beside.map(({ digest }) => digest),
      )
      .execute();
    found.set(api, new Set(rows.map(({ method, path }) => `${method} ${path}`)));
  }
  return found;
}

/** Reads it. What is many comes as one JSON text, which is read several times faster than rows. */
export async function readKnown({ db, clock }: Store): Promise<Known> {
  const apis = await db.selectFrom('apis').select(['id', 'owner', 'state', 'sunset']).orderBy('id').execute();
  const contracts = await db
    .selectFrom('contracts')
    .select(['api', 'digest', 'imported', 'servers'])
    .orderBy('imported', 'desc')
    .orderBy('digest')
    .execute();
  const digests = Map.groupBy(contracts, ({ api }) => api);
  const besides = await besideNewest(db, digests);
  const operations = await rowsOf<
    readonly [string, string, string, string, string, string | null, string | null, string | null]
  >(
    db,
    sql`with newest as (select distinct on (api) api, digest from contracts order by api, imported desc, digest)
      select json_agg(json_build_array(o.api, o.operation, o.method, o.path, o.state, o.sunset, l.state, l.sunset))::text as rows
      from operations o join newest using (api, digest) left join lifecycles l on l.api = o.api and l.operation = o.operation`,
  );
  const operationsOf = Map.groupBy(operations, ([api]) => api);
  const environments = await db.selectFrom('environments').selectAll().execute();
  const deployments = await db.selectFrom('deployments').selectAll().orderBy('id').execute();
  const seen = await rowsOf<
    readonly [string, string, string, string, string, string, boolean, number, number, number, number]
  >(
    db,
    sql`select json_agg(json_build_array(api, environment, host, method, template, source, documented, hits, ok + redirected,
        extract(epoch from first_seen) * 1000, extract(epoch from last_seen) * 1000))::text as rows
      from traffic`,
  );
  const sightings = new Map<string, KnownSighting & { readonly sources: string[] }>();
  for (const [api, environment, host, method, template, source, documented, hits, answered, first, last] of seen) {
    const key = JSON.stringify([api, environment, host, method, template]);
    const known = sightings.get(key);
    const sources = [...new Set([...(known?.sources ?? []), source])].toSorted();
    sightings.set(key, {
      api,
      environment,
      host,
      method,
      template,
      sources,
      documented: documented || known?.documented === true,
      hits: hits + (known?.hits ?? 0),
      answered: answered + (known?.answered ?? 0),
      firstSeen: Math.min(first, known?.firstSeen ?? Infinity),
      lastSeen: Math.max(last, known?.lastSeen ?? -Infinity),
    });
  }
  return {
    now: clock(),
    apis: apis.map((api) => ({
      ...api,
      digests: (digests.get(api.id) ?? []).map(({ digest }) => digest),
      newestSince: digests.get(api.id)?.[0]?.imported.getTime() ?? Infinity,
      sideBySide: besides.get(api.id) ?? new Set(),
      operations: (operationsOf.get(api.id) ?? []).map(
        ([, operation, method, path, state, sunset, decided, decidedSunset]) => ({
          operation,
          method,
          path,
          state: furtherOf(state, decided),
          sunset: [sunset, decidedSunset].filter((one) => typeof one === 'string').sort()[0] ?? null,
        }),
      ),
    })),
    deployments: deployments.map((one) => ({
      ...one,
      firstSeen: one.first_seen.getTime(),
      lastSeen: one.last_seen.getTime(),
    })),
    sightings: [...sightings.values()],
    // An environment of which only traffic is known has no row of its own.
    production: new Set([
      ...environments.filter((one) => one.production).map(({ name }) => name),
      ...[...sightings.values()].flatMap(({ environment }) =>
        environments.some(({ name }) => name === environment) || !isProduction(environment) ? [] : [environment],
      ),
    ]),
  };
}

async function rowsOf<T>(db: Store['db'], query: RawBuilder<unknown>): Promise<readonly T[]> {
  const { rows } = await (query as RawBuilder<{ rows: string | null }>).execute(db);
  return JSON.parse(rows[0]?.rows ?? '[]') as readonly T[];
}
