import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CastellanError, loadContract } from '@castellan/contract';
import type { Store } from '../store/open.ts';
import { ContractCapture } from './contract-files.ts';
import { describe } from './describe.ts';
import { recordContract, recordUnreadable, type RecordedContract } from './record-contract.ts';

/** A document that is to be imported. */
export interface DocumentSource {
  /** Path relative to `cwd`, or http(s) URL. */
  readonly source: string;
  readonly overlays?: readonly string[] | undefined;
  readonly api?: string | undefined;
  readonly owner?: string | undefined;
}

/** What became of one. */
export type ImportedDocument =
  | (RecordedContract & { readonly source: string; readonly outcome: 'imported' | 'known' })
  | { readonly source: string; readonly outcome: 'unreadable'; readonly reason: string };

/**
 * Imports OpenAPI documents one after another. One that cannot be read is kept as unreadable with the reason, and the others
 * are imported all the same. The disk is waited for once, at the end.
 * @param progress is told after each
 */
export async function importDocuments(
  store: Store,
  documents: readonly DocumentSource[],
  { cwd = process.cwd(), progress }: { cwd?: string; progress?: (done: number) => void } = {},
): Promise<readonly ImportedDocument[]> {
  const imported: ImportedDocument[] = [];
  for (const document of documents) {
    imported.push(await importDocument(store, document, cwd));
    progress?.(imported.length);
  }
  // Nothing is said to be imported before it is on the disk: a commit that waits for it has all before it there too.
  const time = new Date(store.clock()).toISOString();
  await store.db
    .insertInto('settings')
    .values({ name: 'last-import', value: time })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: time }))
    .execute();
  return imported;
}

async function importDocument(
  store: Store,
  { source, overlays = [], api, owner }: DocumentSource,
  cwd: string,
): Promise<ImportedDocument> {
  const capture = new ContractCapture();
  let described;
  try {
    described = await describe(await loadContract(source, { cwd, overlays, ...capture.options }), store.clock());
  } catch (error) {
    // A document that breaks the reader in a way nobody thought of is unreadable as well, not the end of the import.
    const reason = error instanceof CastellanError ? error.message : `internal error: ${String(error)}`;
    const bytes = /^https?:/i.test(source) ? '' : await readFile(resolve(cwd, source), 'utf8').catch(() => '');
    await recordUnreadable(store, source, bytes, reason);
    return { source, outcome: 'unreadable', reason };
  }
  const recorded = await recordContract(store, described, {
    source,
    api,
    owner,
    files: capture.files(source, overlays, cwd),
    later: true,
  });
  return { ...recorded, source, outcome: recorded.fresh ? 'imported' : 'known' };
}
