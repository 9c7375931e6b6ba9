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
  readonly unreadable: readonly { readonly source: string; readonly reason: string; readonly seen: string }[];
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
  const unreadable = await db.selectFrom('unreadable').selectAll().orderBy('source').execute();
  return {
    time: new Date(clock()).toISOString(),
    apis,
    environments,
    dependencies,
    unreadable: unreadable.map(({ source, reason, seen }) => ({ source, reason, seen: seen.toISOString() })),
  };
}
