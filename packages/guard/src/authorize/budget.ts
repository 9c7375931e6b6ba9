import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { Counter } from '../state/counter.ts';
import { callerKey } from '../limits/key.ts';
import type { AnswerCheck } from './answer-check.ts';
import { countRecords } from './page.ts';

interface Budgets {
  readonly records: Counter | undefined;
  readonly bytes: Counter | undefined;
}

function budgetsOf(core: GuardCore, operation: Operation): Budgets | undefined {
  const { records, bytes } = operation.castellan.budget ?? {};
  if (records === undefined && bytes === undefined) return undefined;
  return {
    records: records && core.limiters.get(`budget-records ${operation.operationId}`, records),
    bytes: bytes && core.limiters.get(`budget-bytes ${operation.operationId}`, bytes),
  };
}

/** Refuses early where nothing of the budget (`x-castellan.budget`) is left, so that no work is done for nothing. */
export const budget: Stage = {
  name: 'authorize',
  compile(core, operation) {
    const budgets = budgetsOf(core, operation);
    if (budgets === undefined) return undefined;
    return (exchange) => {
      const key = callerKey(exchange);
      for (const name of ['records', 'bytes'] as const) {
        const wait = budgets[name]?.wait(key) ?? 0;
        if (wait > 0) return exhausted(name, wait);
      }
      return undefined;
    };
  },
};

/**
 * What one principal may take away over all calls of an operation: the blast radius of one credential (API4:2023).
 * An answer that does not fit is not sent and takes nothing.
 */
export const answeredBudget: AnswerCheck = {
  compile(core, operation) {
    const budgets = budgetsOf(core, operation);
    if (budgets === undefined) return undefined;
    return (exchange, value, bytes) => {
      const key = callerKey(exchange);
      const records = take(budgets.records, 'records', key, countRecords(value));
      if (records instanceof Promise)
        return records.then((refusal) => refusal ?? take(budgets.bytes, 'bytes', key, bytes));
      return records ?? take(budgets.bytes, 'bytes', key, bytes);
    };
  },
};

/** Takes the bytes of a body that is no JSON: a refusal where they do not fit. */
export type ByteBudget = (exchange: Exchange, bytes: number) => Refusal | undefined;

/** The budget of bytes for files and streams; undefined where the operation has none. */
export function compileByteBudget(core: GuardCore, operation: Operation): ByteBudget | undefined {
  const limiter = budgetsOf(core, operation)?.bytes;
  if (limiter === undefined) return undefined;
  return (exchange, bytes) => spend(limiter, 'bytes', callerKey(exchange), bytes);
}

/** Takes one record for each item of a stream; undefined where the operation has no budget of records. */
export function compileRecordBudget(
  core: GuardCore,
  operation: Operation,
): ((exchange: Exchange) => Refusal | undefined) | undefined {
  const limiter = budgetsOf(core, operation)?.records;
  return limiter && ((exchange) => spend(limiter, 'records', callerKey(exchange), 1));
}

type Name = 'records' | 'bytes';

/** Takes units before an answer leaves. */
function take(
  counter: Counter | undefined,
  name: Name,
  key: string,
  cost: number,
): Refusal | undefined | Promise<Refusal | undefined> {
  if (counter === undefined || cost === 0) return undefined;
  const answer = counter.take(key, cost);
  if (!(answer instanceof Promise)) return answer && exhausted(name, answer.retryAfterSeconds);
  return answer.then((settled) => settled && exhausted(name, settled.retryAfterSeconds));
}

/** Takes units of what leaves already. */
function spend(counter: Counter, name: Name, key: string, cost: number): Refusal | undefined {
  const answer = cost === 0 ? undefined : counter.spend(key, cost);
  return answer && exhausted(name, answer.retryAfterSeconds);
}

function exhausted(name: string, seconds: number): Refusal {
  return {
    type: 'budget-exhausted',
    reason: `${name}-budget`,
    detail: `Try again in ${seconds} s, or ask for less.`,
    headers: { 'retry-after': String(seconds) },
  };
}
