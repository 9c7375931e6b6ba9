import { unreadableDocuments, type UnreadableDocument } from '../inventory/unreadable.ts';
import type { Store } from '../store/open.ts';
import { showAll } from '../inventory/show-all.ts';
import type { ShownApi } from '../inventory/show.ts';

/** The whole inventory, as every export has it. */
export interface Snapshot {
  /** When it was made. */
  readonly time: string;
  readonly apis: readonly ShownApi[];
  readonly environments: readonly { readonly name: string; readonly production: boolean }[];
  readonly dependencies: readonly {
    readonly source: string;
    readonly component: string;
    readonly target: string;
    readonly kind: string;
    readonly resource: string;
  }[];
  readonly unreadable: readonly UnreadableDocument[];
}

/** Reads everything. */
export async function takeSnapshot(store: Store): Promise<Snapshot> {
  const { db, clock } = store;
  const apis = await showAll(store);
  const environments = await db.selectFrom('environments').selectAll().orderBy('name').execute();
  const dependencies = await db
    .selectFrom('dependencies')
    .selectAll()
    .orderBy('source')
    .orderBy('component')
    .orderBy('target')
    .orderBy('kind')
    .execute();
  const unreadable = await unreadableDocuments(store);
  return {
    time: new Date(clock()).toISOString(),
    apis,
    environments,
    dependencies,
    unreadable,
  };
}
