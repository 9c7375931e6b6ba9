import type { Store } from '../store/open.ts';
import { listApis, type ListedApi } from '../inventory/list.ts';
import { showApi, type ShownApi } from '../inventory/show.ts';

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
  const ids: ListedApi[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = await listApis(store, { after });
    ids.push(...page.items);
    after = page.next;
  }
  const apis: ShownApi[] = [];
  for (const { id } of ids) apis.push(await showApi(store, id));
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
