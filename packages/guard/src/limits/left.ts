import type { Contract } from '@castellan/contract';
import { apiBudgets, ownBudgets, type Spending } from '../authorize/spending.ts';
import type { CounterLeft } from '../state/counter.ts';
import { operationLimits, type LimitSettings } from './effective.ts';
import type { Limiters } from './limiters.ts';
import { rateText } from './said.ts';

/** A principal, as credentials name it: a subject is only unique within its issuer. */
export interface Principal {
  readonly subject: string;
  readonly issuer: string;
}

/** What one principal took of one limit, and may still take. */
export interface PrincipalLimit {
  readonly what: 'requests' | 'records' | 'bytes' | 'objects' | 'sensitive';
  /** What it is for: `all operations`, an operationId, `Person of all operations`, the name of a property. */
  readonly of: string;
  /** `100/day`. */
  readonly limit: string;
  readonly taken: number;
  readonly remaining: number;
  /** Whole seconds until all of it is there again. */
  readonly resetSeconds: number;
}

/**
 * What one principal took of each limit and budget that counts by principal, and may still take, by the state.
 * Rejects where the state does not answer.
 */
export async function limitsOf(
  core: { readonly contract: Contract; readonly limiters: Limiters },
  settings: Omit<LimitSettings, 'perAddress'>,
  { issuer, subject }: Principal,
): Promise<readonly PrincipalLimit[]> {
  const key = `${issuer} ${subject}`;
  const { contract, limiters } = core;
  const rows: Promise<PrincipalLimit>[] = [];
  const seen = new Set<string>();
  const add = (
    what: PrincipalLimit['what'],
    of: string,
    limit: string,
    most: number,
    left: CounterLeft | Promise<CounterLeft>,
  ): void => {
    rows.push(
      Promise.resolve(left).then(({ remaining, resetSeconds }) => ({
        what,
        of,
        limit,
        taken: Math.max(0, most - remaining),
        remaining,
        resetSeconds,
      })),
    );
  };
  const addBudgets = (budgets: readonly Spending[]): void => {
    for (const { name, of, rate, left } of budgets)
      add(name as PrincipalLimit['what'], of, rateText(rate), rate.count, left(key));
  };
  for (const operation of contract.operations)
    for (const { counter, rate, burst, by, policy } of operationLimits(contract, operation, settings)) {
      if (by.length !== 1 || by[0] !== 'principal' || seen.has(counter)) continue;
      seen.add(counter);
      const of = policy === 'principal' || policy === 'api' ? 'all operations' : operation.operationId;
      const limiter = limiters.get(counter, rate, burst);
      add('requests', of, rateText(rate), limiter.burst, limiter.left(key));
    }
  addBudgets(apiBudgets(core));
  for (const operation of contract.operations) addBudgets(ownBudgets(core, operation));
  return Promise.all(rows);
}
