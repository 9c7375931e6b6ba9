import type { Store } from '../store/open.ts';
import { listApprovals, type KeptApproval } from './approve.ts';
import type { Problem } from './judge.ts';
import { standingOf, type Standing } from './standing.ts';
import { transitions, type LifecycleRole, type LifecycleState } from './states.ts';
import { makeTransition } from './transition.ts';

/** Where something stands, what may become of it, and what was decided. */
export interface LifecycleView {
  readonly standing: Standing;
  readonly ways: readonly {
    readonly to: LifecycleState;
    readonly allowed: boolean;
    readonly problems: readonly Problem[];
  }[];
  /** Latest first. */
  readonly approvals: readonly KeptApproval[];
}

/**
 * Looks at an API or an operation as somebody of a role would who wants to change it.
 * @throws CastellanError `unknown-api`, `unknown-operation`
 */
export async function lookAt(
  store: Store,
  {
    api,
    operation = '',
    actor,
    roles,
  }: {
    readonly api: string;
    readonly operation?: string | undefined;
    readonly actor: string;
    readonly roles: readonly LifecycleRole[];
  },
): Promise<LifecycleView> {
  const standing = await standingOf(store, api, operation);
  const ways: LifecycleView['ways'][number][] = [];
  for (const { to } of transitions.filter(({ from }) => from === standing.state)) {
    const outcome = await makeTransition(
      store,
      { api, operation, to, actor, roles, reason: 'looked at' },
      { dry: true },
    );
    ways.push({ to, allowed: outcome.allowed, problems: outcome.allowed ? [] : outcome.problems });
  }
  const approvals = await listApprovals(store, api);
  return { standing, ways, approvals: approvals.filter((one) => one.operation === operation) };
}
