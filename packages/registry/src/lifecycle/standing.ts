import type { Lifecycle } from '@castellan/contract';
import { CastellanError, nearest } from '@castellan/contract';
import { newestContract } from '../inventory/newest-contract.ts';
import { knownApi } from '../inventory/known-api.ts';
import type { Store } from '../store/open.ts';
import { further, lifecycleStates, type LifecycleState } from './states.ts';

/** Where an API, or one of its operations, stands: what its document says and what was decided. */
export interface Standing {
  readonly api: string;
  /** Empty for the API as a whole. */
  readonly operation: string;
  /** Whichever is further on. */
  readonly state: LifecycleState;
  readonly documented: LifecycleState;
  /** Undefined where nobody decided anything. */
  readonly decided: LifecycleState | undefined;
  /** Full dates. */
  readonly deprecatedAt: string | undefined;
  /** The earlier one of document and decision. */
  readonly sunset: string | undefined;
  readonly successor: string | undefined;
  readonly information: string | undefined;
}

/**
 * Where an API or an operation stands.
 * @param operation operationId; empty for the API as a whole
 * @throws CastellanError `unknown-api`, `unknown-operation`
 */
export async function standingOf(store: Store, api: string, operation: string): Promise<Standing> {
  const { db } = store;
  await knownApi(store, api);
  const contract = await newestContract(store, api).select(['digest', 'lifecycle']).executeTakeFirst();
  const decided = await db
    .selectFrom('lifecycles')
    .selectAll()
    .where('api', '=', api)
    .where('operation', '=', operation)
    .executeTakeFirst();
  let documented: { readonly state: string; readonly sunset: string | null };
  if (operation === '')
    documented = { state: contract?.lifecycle?.state ?? 'published', sunset: contract?.lifecycle?.sunset ?? null };
  else documented = await operationOf(store, api, contract?.digest ?? '', operation);
  const own = stateOf(decided?.state);
  const state = own === undefined ? stateOr(documented.state) : further(own, stateOr(documented.state));
  const sunset = [documented.sunset, decided?.sunset].filter((one) => typeof one === 'string').sort()[0];
  return {
    api,
    operation,
    state,
    documented: stateOr(documented.state),
    decided: own,
    deprecatedAt: decided?.deprecated_at ?? undefined,
    sunset,
    successor: decided?.successor ?? undefined,
    information: decided?.information ?? undefined,
  };
}

async function operationOf(
  { db }: Store,
  api: string,
  digest: string,
  operation: string,
): Promise<{ readonly state: string; readonly sunset: string | null }> {
  const all = await db
    .selectFrom('operations')
    .select(['operation', 'state', 'sunset'])
    .where('api', '=', api)
    .where('digest', '=', digest)
    .execute();
  const found = all.find((one) => one.operation === operation);
  if (found !== undefined) return found;
  const near = nearest(
    operation,
    all.map((one) => one.operation),
  );
  throw new CastellanError({
    code: 'unknown-operation',
    message: `${api} has no operation '${operation.slice(0, 100)}'`,
    mend: near === undefined ? `see castellan inventory show ${api}` : `did you mean ${near}?`,
  });
}

function stateOf(text: string | undefined): LifecycleState | undefined {
  return lifecycleStates.find((one) => one === text);
}

function stateOr(text: string): LifecycleState {
  return stateOf(text) ?? 'published';
}

/** What guards of an API are told: every decision on it and its operations. */
export async function decisionsFor(
  { db }: Store,
  api: string,
): Promise<{ readonly api?: Lifecycle; readonly operations: Readonly<Record<string, Lifecycle>> }> {
  const rows = await db.selectFrom('lifecycles').selectAll().where('api', '=', api).orderBy('operation').execute();
  const said = rows.map((row): readonly [string, Lifecycle] => [
    row.operation,
    Object.fromEntries(
      Object.entries({
        state: row.state,
        deprecatedAt: row.deprecated_at,
        sunset: row.sunset,
        successor: row.successor,
        information: row.information,
      }).filter(([, value]) => value !== null),
    ) as unknown as Lifecycle,
  ]);
  const own = said.find(([operation]) => operation === '')?.[1];
  return {
    ...(own === undefined ? {} : { api: own }),
    operations: Object.fromEntries(said.filter(([operation]) => operation !== '')),
  };
}

/** The same for the API of a guard's key. */
export async function decisionsOfGuard(store: Store, key: string): Promise<Awaited<ReturnType<typeof decisionsFor>>> {
  const guard = await store.db.selectFrom('guards').select('api').where('id', '=', key).executeTakeFirst();
  return guard === undefined ? { operations: {} } : decisionsFor(store, guard.api);
}
