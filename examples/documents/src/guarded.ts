// The same API with the guard inside: one line around the handler, and one line for each kind of object that is written.
import type { DatabaseSync } from 'node:sqlite';
import { createGuard, type Guard, type GuardOptions } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { contractFile, policyFiles } from './files.ts';
import { documentsHandler, listen, sectionOf, type DocumentsServer } from './server.ts';
import { openStore, type Row } from './store.ts';

/** A guard's options, but for what the example knows itself. */
export interface GuardedDocumentsOptions extends Partial<GuardOptions> {
  /** 0 takes a free port. */
  readonly port?: number | undefined;
  readonly authentication: NonNullable<GuardOptions['authentication']>;
}

/** Starts the API on loopback with the guard in the application. */
export async function startGuardedDocuments(
  options: GuardedDocumentsOptions,
): Promise<DocumentsServer & { readonly guard: Guard }> {
  const { port = 0, ...guardOptions } = options;
  const clock = options.clock ?? Date.now;
  const store = openStore(clock());
  const guard = await createGuard({ contract: contractFile, policies: policyFiles, basePath: '', ...guardOptions });
  guard.resource('Document', (ids) => ids.map((id) => rowOf(store, 'documents', id)));
  guard.resource('Section', (ids) =>
    ids.map((id) => {
      const row = rowOf(store, 'sections', id);
      return row === undefined ? undefined : sectionOf(row);
    }),
  );
  const server = await listen(node(guard, documentsHandler(store, clock)), store, port);
  return {
    ...server,
    guard,
    async close() {
      await server.close();
      await guard.end();
    },
  };
}

function rowOf(store: DatabaseSync, table: 'documents' | 'sections', id: string): Row | undefined {
  return store.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(id) as Row | undefined;
}
