import type { Store } from '../store/open.ts';
import type { ContractFiles } from './contract-files.ts';

/** A contract as a guard takes it. */
export interface PublishedContract extends ContractFiles {
  readonly api: string;
  readonly version: string;
  /** What a guard that loads it must have. */
  readonly digest: string;
}

/**
 * The contract that guards of an API take: its newest version whose files are kept.
 * @param which `published`: only where the API is no draft; `latest`: in any state
 */
export async function publishedContract(
  { db }: Store,
  api: string,
  which: 'published' | 'latest',
): Promise<PublishedContract | undefined> {
  const newest = await db
    .selectFrom('contracts')
    .innerJoin('apis', 'apis.id', 'contracts.api')
    .leftJoin('contract_files', (join) =>
      join.onRef('contract_files.api', '=', 'contracts.api').onRef('contract_files.digest', '=', 'contracts.digest'),
    )
    .select(['contracts.version', 'contracts.digest', 'contract_files.files', 'apis.state'])
    .where('contracts.api', '=', api)
    .orderBy('contracts.imported', 'desc')
    .orderBy('contracts.digest')
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined || newest.files === null || newest.files === undefined) return undefined;
  if (which === 'published' && newest.state === 'draft') return undefined;
  const { version, digest, files } = newest;
  return { api, version, digest, ...(JSON.parse(files) as ContractFiles) };
}
