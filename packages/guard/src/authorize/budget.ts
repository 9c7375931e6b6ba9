import type { MediaType, Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { compileCount, handOut, isCounted, type HandedOut } from '../limits/handed-out.ts';
import { callerKey } from '../limits/key.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { AnswerCheck } from './answer-check.ts';
import { budgetsOf, exhausted, type Spending } from './spending.ts';

/** Refuses early where nothing of the budget (`x-castellan.budget`) is left, so that no work is done for nothing. */
export const budget: Stage = {
  name: 'authorize',
  compile(core, operation) {
    const budgets = budgetsOf(core, operation);
    if (budgets.length === 0) return undefined;
    return (exchange) => {
      const key = callerKey(exchange);
      for (const { name, wait } of budgets) {
        const seconds = wait(key);
        if (seconds > 0) return exhausted(name, seconds);
      }
      return undefined;
    };
  },
};

/**
 * What one principal may take away over all calls: the blast radius of one credential (API4:2023). An answer that does not fit is not
 * sent and takes nothing.
 */
export const answeredBudget: AnswerCheck = {
  compile(core, operation, media, status) {
    if (!isCounted(core, operation)) return undefined;
    const budgets = budgetsOf(core, operation);
    const count = compileCount(core, media, status);
    return (exchange, value, bytes) => {
      const handed = count(value, bytes);
      const refusal = takeAll(budgets, callerKey(exchange), handed);
      const settle = (settled: Refusal | undefined): Refusal | undefined => {
        if (settled === undefined) handOut(exchange, handed);
        return settled;
      };
      return refusal instanceof Promise ? refusal.then(settle) : settle(refusal);
    };
  },
};

/** Takes from each budget; where one does not let it through, the others get back what was taken. */
function takeAll(
  budgets: readonly Spending[],
  key: string,
  handed: HandedOut,
  from = 0,
): Refusal | undefined | Promise<Refusal | undefined> {
  for (let i = from; i < budgets.length; i++) {
    const refusal = budgets[i]?.take(key, handed);
    if (refusal === undefined) continue;
    if (!(refusal instanceof Promise)) return giveBack(budgets, key, handed, i, refusal);
    return refusal.then((settled) =>
      settled === undefined ? takeAll(budgets, key, handed, i + 1) : giveBack(budgets, key, handed, i, settled),
    );
  }
  return undefined;
}

function giveBack(
  budgets: readonly Spending[],
  key: string,
  handed: HandedOut,
  until: number,
  refusal: Refusal,
): Refusal {
  for (const { giveBack: give } of budgets.slice(0, until)) give(key, handed);
  return refusal;
}

/** Takes what leaves already: a refusal where it does not fit, and nothing more may leave. */
export type SpendHanded = (exchange: Exchange, handed: HandedOut) => Refusal | undefined;

/** What counts and spends the parts of a body that streams; undefined where nobody counts. */
export function compileSpend(core: GuardCore, operation: Operation): SpendHanded | undefined {
  if (!isCounted(core, operation)) return undefined;
  const budgets = budgetsOf(core, operation);
  return (exchange, handed) => {
    const key = callerKey(exchange);
    for (const { spend } of budgets) {
      const refusal = spend(key, handed);
      if (refusal !== undefined) return refusal;
    }
    handOut(exchange, handed);
    return undefined;
  };
}

/** The same for items that the schema describes. */
export function compileItemSpend(
  core: GuardCore,
  operation: Operation,
  media: Pick<MediaType, 'schema'>,
  status: number,
): ((exchange: Exchange, value: unknown, bytes: number) => Refusal | undefined) | undefined {
  const spend = compileSpend(core, operation);
  if (spend === undefined) return undefined;
  const count = compileCount(core, media, status);
  return (exchange, value, bytes) =>
    spend(
      exchange,
      value === undefined ? { ...count(null, bytes), records: 0 } : { ...count(value, bytes), records: 1 },
    );
}
