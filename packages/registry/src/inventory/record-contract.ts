import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { furtherOf } from '../lifecycle/states.ts';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import type { Tables } from '../store/tables.ts';
import { apiIdOf } from './api-id.ts';
import type { ContractFiles } from './contract-files.ts';
import type { DescribedContract } from './describe-contract.ts';

/** What is known beside the document. */
export interface ContractOrigin {
  /** File or URL. */
  readonly source: string;
  /** What the API is called; its title where not said. */
  readonly api?: string | undefined;
  readonly owner?: string | undefined;
  /** As they were read; not known where they lie in several places. */
  readonly files?: ContractFiles | undefined;
  /** Whether it may reach the disk later: with the next commit that waits for the disk. */
  readonly later?: boolean | undefined;
}

/** What became of a document. */
export interface RecordedContract {
  readonly api: string;
  readonly digest: string;
  /** False where this version was known. */
  readonly fresh: boolean;
  readonly operations: number;
}

/** Rows of one statement: PostgreSQL takes 65,535 parameters. */
const chunk = 500;

/** Keeps a version of a contract. The same document twice is one version. */
export async function recordContract(
  { db, clock }: Store,
  described: DescribedContract,
  origin: ContractOrigin,
): Promise<RecordedContract> {
  return db.transaction().execute(async (tx) => {
    if (origin.later === true) await sql`set local synchronous_commit to off`.execute(tx);
    const now = new Date(clock());
    const id = await idOf(tx, described, origin);
    const row = await tx.selectFrom('apis').select('said').where('id', '=', id).executeTakeFirst();
    const owner = origin.owner ?? row?.said.owner ?? described.owner;
    const api = {
      title: storable(described.title, 300),
      description: storable(row?.said.description ?? described.description),
      ...(await effective(tx, id, described)),
      links: JSON.stringify(described.links),
      updated: now,
    };
    await tx
      .insertInto('apis')
      .values({ id, ...api, owner, created: now, said: '{}' })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({ ...api, ...(owner === null ? {} : { owner: storable(owner, 200) }) }),
      )
      .execute();
    const { digest } = described;
    const known = await tx
      .selectFrom('contracts')
      .select('digest')
      .where('api', '=', id)
      .where('digest', '=', digest)
      .executeTakeFirst();
    const version = {
      version: storable(described.version, 100),
      openapi: described.openapi,
      profile: described.profile,
      source: storable(origin.source),
      servers: JSON.stringify(described.servers.map((url) => storable(url))),
      operations: described.operations.length,
      document: described.document === null ? null : storable(described.document, Infinity),
      controls: JSON.stringify(described.controls),
      checked: JSON.stringify(described.checked),
      lifecycle: JSON.stringify({ state: described.state, sunset: described.sunset }),
      imported: now,
    };
    await tx
      .insertInto('contracts')
      .values({ api: id, digest, ...version })
      .onConflict((conflict) =>
        conflict.columns(['api', 'digest']).doUpdateSet({
          source: version.source,
          imported: now,
          controls: version.controls,
          checked: version.checked,
          lifecycle: version.lifecycle,
        }),
      )
      .execute();
    if (origin.files !== undefined)
      await tx
        .insertInto('contract_files')
        .values({ api: id, digest, files: JSON.stringify(origin.files) })
        .onConflict((conflict) => conflict.columns(['api', 'digest']).doNothing())
        .execute();
    await tx.deleteFrom('unreadable').where('source', '=', version.source).execute();
    if (known === undefined) {
      const rows = described.operations.map((operation) => ({
        ...operation,
        api: id,
        digest,
        operation: storable(operation.operation, 300),
        path: storable(operation.path),
        purposes: JSON.stringify(operation.purposes),
        takes: JSON.stringify(operation.takes),
        gives: JSON.stringify(operation.gives),
      }));
      for (let at = 0; at < rows.length; at += chunk)
        await tx
          .insertInto('operations')
          .values(rows.slice(at, at + chunk))
          .execute();
    }
    return { api: id, digest, fresh: known === undefined, operations: described.operations.length };
  });
}

/** What the document says and what was decided, together. */
async function effective(
  tx: Kysely<Tables>,
  api: string,
  { state, sunset }: Pick<DescribedContract, 'state' | 'sunset'>,
): Promise<{ readonly state: string; readonly sunset: string | null }> {
  const decided = await tx
    .selectFrom('lifecycles')
    .select(['state', 'sunset'])
    .where('api', '=', api)
    .where('operation', '=', '')
    .executeTakeFirst();
  return {
    state: furtherOf(state, decided?.state),
    sunset: [sunset, decided?.sunset].filter((one) => typeof one === 'string').sort()[0] ?? null,
  };
}

/** Keeps a document that could not be read, so that it is not lost. */
export async function recordUnreadable(store: Store, source: string, bytes: string, reason: string): Promise<void> {
  const row = {
    source: storable(source),
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    reason: storable(reason),
    seen: new Date(store.clock()),
  };
  await store.db
    .insertInto('unreadable')
    .values(row)
    .onConflict((conflict) => conflict.column('source').doUpdateSet(row))
    .execute();
}

/**
 * The API that a document is a version of. Two of one title are two APIs where they have no operation in common and come from
 * different places.
 */
export async function idOf(tx: Kysely<Tables>, described: DescribedContract, origin: ContractOrigin): Promise<string> {
  if (origin.api !== undefined) return apiIdOf(origin.api);
  const title = apiIdOf(described.title);
  for (let n = 1; n < 1_000; n++) {
    const id = n === 1 ? title : `${title}-${n}`;
    const versions = await tx.selectFrom('contracts').select(['digest', 'source']).where('api', '=', id).execute();
    if (versions.length === 0) return id;
    if (versions.some(({ digest, source }) => digest === described.digest || source === origin.source)) return id;
    const known = await tx.selectFrom('operations').select(['method', 'path']).where('api', '=', id).execute();
    const names = new Set(known.map(({ method, path }) => `${method} ${path}`));
    if (described.operations.some(({ method, path }) => names.has(`${method} ${path}`))) return id;
  }
  return title;
}
