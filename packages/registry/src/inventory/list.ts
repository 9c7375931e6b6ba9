import { sql, type RawBuilder } from 'kysely';
import { mostCounted } from '../sightings/bounded.ts';
import type { Store } from '../store/open.ts';
import { mostListed } from './most-listed.ts';

/** One API of the list. */
export interface ListedApi {
  readonly id: string;
  readonly title: string;
  readonly owner: string | null;
  readonly state: string;
  readonly sunset: string | null;
  readonly version: string;
  /** Of its newest contract version. */
  readonly digest: string;
  readonly versions: number;
  readonly operations: number;
  /** Of these, how many anybody may call. */
  readonly open: number;
  readonly environments: readonly string[];
  /** Classes of data that its operations handle. */
  readonly data: readonly string[];
  readonly requests: number;
  readonly lastSeen: string | null;
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** What to ask the next page with; undefined on the last. */
  readonly next: string | undefined;
}

export interface ListOptions {
  /** Only this one. */
  readonly id?: string | undefined;
  /** The id after which the page begins. */
  readonly after?: string | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
  readonly owner?: string | undefined;
  readonly environment?: string | undefined;
  /** A condition on the row of the API: what a caller may see. */
  readonly where?: RawBuilder<boolean> | undefined;
}

/** The APIs, by id. */
export async function listApis({ db }: Store, options: ListOptions = {}): Promise<Page<ListedApi>> {
  const { id, after = '', limit = 100, owner, environment, where } = options;
  let query = db
    .selectFrom('apis')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('contracts')
          .select(['contracts.digest', 'contracts.version', 'contracts.operations'])
          .whereRef('contracts.api', '=', 'apis.id')
          .orderBy('contracts.imported', 'desc')
          .orderBy('contracts.digest')
          .limit(1)
          .as('newest'),
      (join) => join.onTrue(),
    )
    .select([
      'apis.id',
      'apis.title',
      'apis.owner',
      'apis.state',
      'apis.sunset',
      sql<string | null>`newest.digest`.as('digest'),
      sql<string | null>`newest.version`.as('version'),
      sql<number | null>`newest.operations`.as('operations'),
      sql<number>`(select count(*)::int from contracts c where c.api = apis.id)`.as('versions'),
      sql<number>`(select count(*)::int from operations o where o.api = apis.id and o.digest = newest.digest and not o.authenticated)`.as(
        'open',
      ),
      sql<string[] | null>`(select jsonb_agg(distinct e.environment) from (
        select d.environment from deployments d where d.api = apis.id
        union select t.environment from traffic t where t.api = apis.id and t.environment <> 'unknown') e)`.as(
        'environments',
      ),
      sql<
        string[] | null
      >`(select jsonb_agg(distinct k) from operations o, jsonb_array_elements_text(o.takes || o.gives) k
         where o.api = apis.id and o.digest = newest.digest)`.as('data'),
      sql<number | null>`(select least(sum(s.hits), ${mostCounted}) from traffic s where s.api = apis.id)`.as(
        'requests',
      ),
      sql<Date | null>`(select max(s.last_seen) from traffic s where s.api = apis.id)`.as('lastSeen'),
    ])
    .where('apis.id', '>', after)
    .orderBy('apis.id')
    .limit(limit + 1);
  if (id !== undefined) query = query.where('apis.id', '=', id);
  if (owner !== undefined) query = query.where('apis.owner', '=', owner);
  if (where !== undefined) query = query.where(where);
  if (environment !== undefined)
    query = query.where((eb) =>
      eb.or([
        eb.exists(
          eb
            .selectFrom('deployments')
            .select('deployments.id')
            .whereRef('deployments.api', '=', 'apis.id')
            .where('deployments.environment', '=', environment),
        ),
        eb.exists(
          eb
            .selectFrom('traffic')
            .select('traffic.template')
            .whereRef('traffic.api', '=', 'apis.id')
            .where('traffic.environment', '=', environment),
        ),
      ]),
    );
  const rows = await query.execute();
  const items = rows.slice(0, limit).map((row) => ({
    ...row,
    digest: row.digest ?? '',
    version: row.version ?? '',
    operations: row.operations ?? 0,
    environments: (row.environments ?? []).slice(0, mostListed.environments),
    data: row.data ?? [],
    requests: row.requests ?? 0,
    lastSeen: row.lastSeen?.toISOString() ?? null,
  }));
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}
