import { CastellanError } from '@castellan/contract';
import { note } from '../server/journal.ts';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { standingOf } from './standing.ts';
import { mayOverride, transitions, type LifecycleRole, type LifecycleState } from './states.ts';

/** What somebody approves of. */
export interface ApprovalRequest {
  readonly api: string;
  readonly operation?: string | undefined;
  readonly to: LifecycleState;
  readonly actor: string;
  readonly roles: readonly LifecycleRole[];
  readonly reason: string;
}

/** What was decided or approved, as it is kept. */
export interface KeptApproval {
  readonly api: string;
  readonly operation: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly actor: string;
  readonly role: string;
  readonly reason: string;
  /** Conditions that did not hold and were set aside. */
  readonly despite: readonly string[];
  readonly time: string;
}

/**
 * Keeps that somebody of security has looked at a transition that another one makes.
 * @throws CastellanError `lifecycle-refused` where the role may not, the transition is none, or no reason is given
 */
export async function approveTransition(store: Store, request: ApprovalRequest): Promise<void> {
  const { api, operation = '', to, actor, roles, reason } = request;
  const { state } = await standingOf(store, api, operation);
  const refuse = (message: string, mend: string): never => {
    throw new CastellanError({ code: 'lifecycle-refused', message, mend });
  };
  const role = mayOverride.find((one) => roles.includes(one));
  if (role === undefined)
    return refuse(`${roles.join(' and ') || 'who has no role'} may not approve`, `ask ${mayOverride.join(' or ')}`);
  if (!transitions.some((one) => one.from === state && one.to === to))
    refuse(`nothing leads from ${state} to ${to}`, `see castellan inventory lifecycle ${api}`);
  if (reason.trim() === '') refuse('nobody says why', "write --reason 'looked at the threat model'");
  await store.db
    .insertInto('approvals')
    .values({
      api,
      operation,
      from_state: state,
      to_state: to,
      actor: storable(actor, 200),
      role,
      reason: storable(reason),
      kind: 'approval',
      despite: '[]',
      time: new Date(store.clock()),
    })
    .execute();
  await note(store, actor, 'approved', `${api} ${operation} ${state} → ${to}: ${reason}`);
}

/** Everything that was decided and approved about an API, latest first. */
export async function listApprovals({ db }: Store, api: string): Promise<readonly KeptApproval[]> {
  const rows = await db
    .selectFrom('approvals')
    .select([
      'api',
      'operation',
      'kind',
      'from_state as from',
      'to_state as to',
      'actor',
      'role',
      'reason',
      'despite',
      'time',
    ])
    .where('api', '=', api)
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, time: row.time.toISOString() }));
}
