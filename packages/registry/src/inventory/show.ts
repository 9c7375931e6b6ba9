import { sql } from 'kysely';
import { furtherOf } from '../lifecycle/states.ts';
import type { Store } from '../store/open.ts';
import { knownApi } from './known-api.ts';
import { listApis, type ListedApi } from './list.ts';

/** One API with all that is known of it. */
export interface ShownApi extends ListedApi {
  readonly description: string;
  readonly links: readonly { readonly rel: string; readonly href: string }[];
  readonly contracts: readonly {
    readonly digest: string;
    readonly version: string;
    readonly openapi: string;
    readonly profile: string;
    readonly source: string;
    readonly servers: readonly string[];
    readonly operations: number;
    readonly imported: string;
  }[];
  readonly deployments: readonly {
    readonly id: string;
    readonly environment: string;
    readonly name: string;
    readonly source: string;
    readonly place: string;
    readonly mode: string | null;
    readonly audit: boolean | null;
    readonly digest: string | null;
    readonly lastSeen: string;
  }[];
  readonly operationList: readonly {
    readonly operation: string;
    readonly method: string;
    readonly path: string;
    readonly authenticated: boolean;
    readonly state: string;
    readonly owner: string | null;
    readonly purposes: readonly string[];
    readonly takes: readonly string[];
    readonly gives: readonly string[];
    readonly requests: number;
    readonly consumers: number;
    readonly lastSeen: string | null;
  }[];
}

/**
 * All that is known of one API.
 * @throws CastellanError `unknown-api`
 */
export async function showApi(store: Store, id: string): Promise<ShownApi> {
  const { db } = store;
  await knownApi(store, id);
  const api = await db.selectFrom('apis').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const [listed] = (await listApis(store, { id })).items;
  if (listed === undefined) throw new TypeError('an API that is known is listed');
  const contracts = await db
    .selectFrom('contracts')
    .select(['digest', 'version', 'openapi', 'profile', 'source', 'servers', 'operations', 'imported'])
    .where('api', '=', id)
    .orderBy('imported', 'desc')
    .orderBy('digest')
    .execute();
  const deployments = await db
    .selectFrom('deployments')
    .select(['id', 'environment', 'name', 'source', 'place', 'mode', 'audit', 'digest', 'last_seen as lastSeen'])
    .where('api', '=', id)
    .orderBy('environment')
    .orderBy('id')
    .execute();
  const operations = await db
    .selectFrom('operations')
    .select([
      'operation',
      'method',
      'path',
      'authenticated',
      'state',
      'owner',
      'purposes',
      'takes',
      'gives',
      sql<
        number | null
      >`(select sum(s.hits) from traffic s where s.api = operations.api and s.method = operations.method
         and s.template = operations.path)`.as('requests'),
      sql<Date | null>`(select max(s.last_seen) from traffic s where s.api = operations.api and s.method = operations.method
         and s.template = operations.path)`.as('lastSeen'),
      sql<number>`(select count(distinct c.principal)::int from consumers c where c.api = operations.api
         and c.operation = operations.operation)`.as('consumers'),
    ])
    .where('api', '=', id)
    .where('digest', '=', listed.digest)
    .orderBy('path')
    .orderBy('method')
    .execute();
  const decided = new Map(
    (await db.selectFrom('lifecycles').select(['operation', 'state']).where('api', '=', id).execute()).map((one) => [
      one.operation,
      one.state,
    ]),
  );
  return {
    ...listed,
    description: api.description,
    links: api.links,
    contracts: contracts.map((one) => ({ ...one, imported: one.imported.toISOString() })),
    deployments: deployments.map((one) => ({ ...one, lastSeen: one.lastSeen.toISOString() })),
    operationList: operations.map((one) => ({
      ...one,
      state: furtherOf(one.state, decided.get(one.operation)),
      requests: one.requests ?? 0,
      lastSeen: one.lastSeen?.toISOString() ?? null,
    })),
  };
}
