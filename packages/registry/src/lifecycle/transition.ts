import { newestContract } from '../inventory/newest-contract.ts';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { note } from '../server/journal.ts';
import { countConsumers } from './consumers.ts';
import { judgeTransition, type Judged } from './judge.ts';
import { standingOf, type Standing } from './standing.ts';
import { further, type Condition, type LifecycleRole, type LifecycleState } from './states.ts';

/** A transition that somebody asks for. */
export interface TransitionRequest {
  readonly api: string;
  /** operationId; empty for the API as a whole. */
  readonly operation?: string | undefined;
  readonly to: LifecycleState;
  readonly actor: string;
  readonly roles: readonly LifecycleRole[];
  readonly reason: string;
  /** Full date. */
  readonly sunset?: string | undefined;
  /** An operationId or a URL. */
  readonly successor?: string | undefined;
  /** URL of a page that says what callers are to do. */
  readonly information?: string | undefined;
  /** Conditions to set aside. */
  readonly despite?: readonly Condition[] | undefined;
}

/** What became of it. */
export type TransitionOutcome = Judged & { readonly before: Standing; readonly after: Standing };

/**
 * Makes a transition, or says what is in the way. Who, when, why and what was set aside is kept.
 * @param dry only says what would become of it
 * @throws CastellanError `unknown-api`, `unknown-operation`
 */
export async function makeTransition(
  store: Store,
  request: TransitionRequest,
  { dry = false }: { readonly dry?: boolean } = {},
): Promise<TransitionOutcome> {
  const { api, operation = '', to, actor, reason, sunset, successor, information, despite = [] } = request;
  return store.db.transaction().execute(async (db) => {
    const tx: Store = { ...store, db };
    // Two decisions on one API are made one after the other.
    await db.selectFrom('apis').select('id').where('id', '=', api).forUpdate().executeTakeFirst();
    const before = await standingOf(tx, api, operation);
    const judged = judgeTransition(await factsOf(tx, before, { ...request, operation, despite }));
    if (!judged.allowed || dry) return { ...judged, before, after: before };
    const now = new Date(store.clock());
    const today = now.toISOString().slice(0, 10);
    const goesOn = to === 'deprecated' || to === 'retired';
    const row = {
      state: to,
      deprecated_at: goesOn ? (before.deprecatedAt ?? today) : null,
      sunset: goesOn ? (sunset ?? before.sunset ?? null) : null,
      successor: goesOn ? (successor ?? before.successor ?? null) : null,
      information: goesOn ? (information ?? before.information ?? null) : null,
      decided: now,
    };
    await db
      .insertInto('lifecycles')
      .values({ api, operation, ...row })
      .onConflict((conflict) => conflict.columns(['api', 'operation']).doUpdateSet(row))
      .execute();
    await db
      .insertInto('approvals')
      .values({
        api,
        operation,
        from_state: before.state,
        to_state: to,
        actor: storable(actor, 200),
        role: judged.role,
        reason: storable(reason),
        kind: 'transition',
        despite: JSON.stringify(judged.setAside),
        time: now,
      })
      .execute();
    if (operation === '')
      await db
        .updateTable('apis')
        .set({ state: further(before.documented, to), sunset: row.sunset, updated: now })
        .where('id', '=', api)
        .execute();
    await note(tx, actor, 'lifecycle', `${api} ${operation} ${before.state} → ${to}: ${reason}`);
    return { ...judged, before, after: await standingOf(tx, api, operation) };
  });
}

async function factsOf(
  store: Store,
  before: Standing,
  { api, operation = '', to, actor, roles, reason, sunset, despite = [] }: TransitionRequest,
): Promise<Parameters<typeof judgeTransition>[0]> {
  const { db } = store;
  const { owner } = await db.selectFrom('apis').select('owner').where('id', '=', api).executeTakeFirstOrThrow();
  const contract = await newestContract(store, api).select(['profile', 'checked']).executeTakeFirst();
  const approvals = await db
    .selectFrom('approvals')
    .select(['actor', 'role', 'time'])
    .where('api', '=', api)
    .where('operation', '=', operation)
    .where('kind', '=', 'approval')
    .where('from_state', '=', before.state)
    .where('to_state', '=', to)
    .execute();
  // An approval is for one time: what was decided since then used it up.
  const last = await db
    .selectFrom('lifecycles')
    .select('decided')
    .where('api', '=', api)
    .where('operation', '=', operation)
    .executeTakeFirst();
  return {
    api,
    operation,
    from: before.state,
    to,
    actor,
    roles,
    reason,
    sunset: sunset ?? before.sunset,
    decidedSunset: before.sunset,
    profile: contract?.profile ?? 'standard',
    owner,
    checked: contract?.checked ?? undefined,
    approvals: approvals
      .filter(({ time }) => last === undefined || time > last.decided)
      .map(({ time, ...one }) => ({ ...one, at: time.getTime() })),
    consumers: await countConsumers(store, api, operation),
    despite,
    now: store.clock(),
  };
}
