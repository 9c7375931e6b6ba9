import type { Store } from '../store/open.ts';
import type { ImportedDocument } from './import-documents.ts';
import { idOf, recordContract, recordUnreadable } from './record-contract.ts';
import { readInThread } from './read-in-thread.ts';
import type { SentDocument } from './sent-document.ts';

/** A document that is to be imported over HTTP. */
export interface SentImport extends SentDocument {
  readonly api?: string | undefined;
  readonly owner?: string | undefined;
}

/** The API that a document turned out to be of. */
export interface ImportTarget {
  readonly id: string;
  /** The team that it belongs to; null where it is new or belongs to nobody. */
  readonly owner: string | null;
  /** Who owns it by the document. */
  readonly documented: string | null;
}

/**
 * Imports a document that was sent. One that cannot be read is kept as unreadable with the reason.
 * @param ownerOf decides whether it may be imported there, and says whose it is then; undefined leaves that to the document
 */
export async function recordSent(
  store: Store,
  sent: SentImport,
  ownerOf: (target: ImportTarget) => Promise<string | undefined>,
): Promise<ImportedDocument> {
  const { source, api, document } = sent;
  const read = await readInThread(sent, store.clock());
  if ('reason' in read) {
    await recordUnreadable(store, source, document, read.reason);
    return { source, outcome: 'unreadable', reason: read.reason };
  }
  const { described, files } = read;
  const id = await idOf(store.db, described, { source, api });
  const row = await store.db.selectFrom('apis').select('owner').where('id', '=', id).executeTakeFirst();
  const owner = await ownerOf({ id, owner: row?.owner ?? null, documented: described.owner });
  const recorded = await recordContract(store, described, { source, api: id, owner, files });
  return { ...recorded, source, outcome: recorded.fresh ? 'imported' : 'known' };
}
