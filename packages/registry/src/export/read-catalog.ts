import type { Store } from '../store/open.ts';
import type { CatalogApi } from './api-catalog.ts';

/** What `toApiCatalog` asks for, and nothing else: everybody may ask for the catalog. */
export async function readCatalog({ db }: Store): Promise<{ readonly apis: readonly CatalogApi[] }> {
  const rows = await db
    .selectFrom('apis')
    .innerJoin('contracts', 'contracts.api', 'apis.id')
    .distinctOn('apis.id')
    .select(['apis.title', 'apis.state', 'apis.links', 'contracts.source', 'contracts.servers'])
    .orderBy('apis.id')
    .orderBy('contracts.imported', 'desc')
    .orderBy('contracts.digest')
    .execute();
  return { apis: rows.map(({ source, servers, ...api }) => ({ ...api, contracts: [{ source, servers }] })) };
}
