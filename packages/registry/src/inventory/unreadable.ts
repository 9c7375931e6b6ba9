import type { Store } from '../store/open.ts';

/** A document that could not be read when it was last imported. */
export interface UnreadableDocument {
  /** File or URL, as it was imported. */
  readonly source: string;
  /** Why, and what to do: one line. */
  readonly reason: string;
  /** When, ISO 8601. */
  readonly seen: string;
}

/** All of them, by source. One that is read again is none any more. */
export async function unreadableDocuments({ db }: Store): Promise<readonly UnreadableDocument[]> {
  const rows = await db.selectFrom('unreadable').select(['source', 'reason', 'seen']).orderBy('source').execute();
  return rows.map(({ source, reason, seen }) => ({ source, reason, seen: seen.toISOString() }));
}
