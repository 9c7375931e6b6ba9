import type { Store } from '../store/open.ts';
import { knownApi } from './known-api.ts';
import { listApis, type ListedApi } from './list.ts';
import { listOperations, type ShownOperation } from './operations.ts';
import { mostListed } from './most-listed.ts';

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
  readonly operationList: readonly ShownOperation[];
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
    .limit(mostListed.contracts)
    .execute();
  const deployments = await db
    .selectFrom('deployments')
    .select(['id', 'environment', 'name', 'source', 'place', 'mode', 'audit', 'digest', 'last_seen as lastSeen'])
    .where('api', '=', id)
    .orderBy('environment')
    .orderBy('id')
    .limit(mostListed.deployments)
    .execute();
  const { items: operationList } = await listOperations(store, { id, digest: listed.digest });
  return {
    ...listed,
    description: api.description,
    links: api.links,
    contracts: contracts.map((one) => ({ ...one, imported: one.imported.toISOString() })),
    deployments: deployments.map((one) => ({ ...one, lastSeen: one.lastSeen.toISOString() })),
    operationList,
  };
}
