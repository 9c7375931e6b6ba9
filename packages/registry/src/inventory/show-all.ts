import { sql } from 'kysely';
import { mostCounted } from '../sightings/bounded.ts';
import type { Store } from '../store/open.ts';
import { listApis, type ListedApi } from './list.ts';
import type { ShownApi } from './show.ts';

/** All that is known of every API, as `showApi` has it of one, with one query for each kind of thing. */
export async function showAll(store: Store): Promise<readonly ShownApi[]> {
  const { db } = store;
  const listed: ListedApi[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = await listApis(store, { after, limit: 1_000 });
    listed.push(...page.items);
    after = page.next;
  }
  const apis = await db.selectFrom('apis').select(['id', 'description', 'links']).execute();
  const described = new Map(apis.map((one) => [one.id, one]));
  const contracts = await db
    .selectFrom('contracts')
    .select(['api', 'digest', 'version', 'openapi', 'profile', 'source', 'servers', 'operations', 'imported'])
    .orderBy('imported', 'desc')
    .orderBy('digest')
    .execute();
  const deployments = await db
    .selectFrom('deployments')
    .select(['api', 'id', 'environment', 'name', 'source', 'place', 'mode', 'audit', 'digest', 'last_seen as lastSeen'])
    .orderBy('environment')
    .orderBy('id')
    .execute();
  const operations = await db
    .with('seen', (cte) =>
      cte
        .selectFrom('traffic')
        .select([
          'api',
          'method',
          'template',
          sql<number>`least(sum(hits), ${mostCounted})`.as('hits'),
          sql<Date>`max(last_seen)`.as('last'),
        ])
        .groupBy(['api', 'method', 'template']),
    )
    .with('callers', (cte) =>
      cte
        .selectFrom('consumers')
        .select(['api', 'operation', sql<number>`count(distinct principal)::int`.as('many')])
        .groupBy(['api', 'operation']),
    )
    .selectFrom('operations as o')
    .leftJoin('seen', (join) =>
      join.onRef('seen.api', '=', 'o.api').onRef('seen.method', '=', 'o.method').onRef('seen.template', '=', 'o.path'),
    )
    .leftJoin('callers', (join) =>
      join.onRef('callers.api', '=', 'o.api').onRef('callers.operation', '=', 'o.operation'),
    )
    .select(['o.api', 'o.digest', 'o.operation', 'o.method', 'o.path', 'o.authenticated', 'o.state', 'o.owner'])
    .select(['o.purposes', 'o.takes', 'o.gives', 'seen.hits', 'seen.last', 'callers.many'])
    .orderBy('o.api')
    .orderBy('o.path')
    .orderBy('o.method')
    .execute();
  const contractsOf = Map.groupBy(contracts, ({ api }) => api);
  const deploymentsOf = Map.groupBy(deployments, ({ api }) => api);
  const operationsOf = Map.groupBy(operations, ({ api, digest }) => `${api} ${digest}`);
  return listed.map((api) => ({
    ...api,
    description: described.get(api.id)?.description ?? '',
    links: described.get(api.id)?.links ?? [],
    contracts: (contractsOf.get(api.id) ?? []).map((one) => ({
      digest: one.digest,
      version: one.version,
      openapi: one.openapi,
      profile: one.profile,
      source: one.source,
      servers: one.servers,
      operations: one.operations,
      imported: one.imported.toISOString(),
    })),
    deployments: (deploymentsOf.get(api.id) ?? []).map((one) => ({
      id: one.id,
      environment: one.environment,
      name: one.name,
      source: one.source,
      place: one.place,
      mode: one.mode,
      audit: one.audit,
      digest: one.digest,
      lastSeen: one.lastSeen.toISOString(),
    })),
    operationList: (operationsOf.get(`${api.id} ${api.digest}`) ?? []).map((one) => ({
      operation: one.operation,
      method: one.method,
      path: one.path,
      authenticated: one.authenticated,
      state: one.state,
      owner: one.owner,
      purposes: one.purposes,
      takes: one.takes,
      gives: one.gives,
      requests: one.hits ?? 0,
      consumers: one.many ?? 0,
      lastSeen: one.last?.toISOString() ?? null,
    })),
  }));
}
