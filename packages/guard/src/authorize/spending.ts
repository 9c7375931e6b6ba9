import { CastellanError, nearest, type Budget, type Contract, type Operation, type Rate } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { LimitAnswer } from '../limits/gcra.ts';
import type { HandedOut } from '../limits/handed-out.ts';
import type { Refusal } from '../problem.ts';
import type { Counter, CounterLeft } from '../state/counter.ts';
import type { Distinct } from '../state/distinct.ts';

/** One budget of a principal. */
export interface Spending {
  /** `records`, `bytes`, `objects`, `sensitive`. */
  readonly name: string;
  /** Which of them: a resource type, a property; and whether it is of one operation or of the API. */
  readonly of: string;
  readonly rate: Rate;
  /** Takes before an answer leaves. */
  readonly take: (key: string, handed: HandedOut) => Refusal | undefined | Promise<Refusal | undefined>;
  /** Takes of what leaves already. */
  readonly spend: (key: string, handed: HandedOut) => Refusal | undefined;
  readonly giveBack: (key: string, handed: HandedOut) => void;
  /** Whole seconds until anything fits; 0 where something does, or where nobody can say before. */
  readonly wait: (key: string) => number;
  readonly left: (key: string) => CounterLeft | Promise<CounterLeft>;
}

const none: readonly string[] = [];

/** The budgets of an operation: its own, and those of the API. */
export function budgetsOf(core: Pick<GuardCore, 'contract' | 'limiters'>, operation: Operation): readonly Spending[] {
  return [...ownBudgets(core, operation), ...apiBudgets(core)];
}

/** The budgets of one operation by itself. */
export function ownBudgets(core: Pick<GuardCore, 'contract' | 'limiters'>, operation: Operation): readonly Spending[] {
  const { budget } = operation.castellan;
  return budget === undefined ? [] : spendingsOf(core, budget, operation.operationId);
}

/** The budgets over all operations together. */
export function apiBudgets(core: Pick<GuardCore, 'contract' | 'limiters'>): readonly Spending[] {
  const { budget } = core.contract.castellan;
  return budget === undefined ? [] : spendingsOf(core, budget, '');
}

/** @param operation empty for the API; part of the counters' names */
function spendingsOf(
  { contract, limiters }: Pick<GuardCore, 'contract' | 'limiters'>,
  { records, bytes, objects, sensitive }: Budget,
  operation: string,
): readonly Spending[] {
  const where = operation === '' ? 'all operations' : operation;
  const counted = (name: string, of: string, rate: Rate, amount: (handed: HandedOut) => number): Spending =>
    ofCounter(name, of, limiters.get(`budget-${name}${of === where ? '' : ` ${of}`} ${operation}`, rate), amount);
  const spendings: Spending[] = [];
  if (records !== undefined) spendings.push(counted('records', where, records, (handed) => handed.records));
  if (bytes !== undefined) spendings.push(counted('bytes', where, bytes, (handed) => handed.bytes));
  for (const [type, rate] of ratesOf(objects, contract.resources.keys()))
    spendings.push(
      ofDistinct(`${type} of ${where}`, limiters.distinct(`budget-objects ${type} ${operation}`, rate), (handed) =>
        [...(handed.objects.get(type) ?? none)].map((id) => limiters.hash(type, id)),
      ),
    );
  if (isRate(sensitive))
    spendings.push(
      counted('sensitive', where, sensitive, (handed) => [...handed.sensitive.values()].reduce((a, b) => a + b, 0)),
    );
  else
    for (const [property, rate] of Object.entries(sensitive ?? {}))
      spendings.push(counted('sensitive', property, rate, (handed) => handed.sensitive.get(property) ?? 0));
  return spendings;
}

function isRate(value: Budget['objects']): value is Rate {
  return value !== undefined && typeof value['count'] === 'number';
}

function ratesOf(rates: Budget['objects'], types: Iterable<string>): readonly (readonly [string, Rate])[] {
  if (isRate(rates)) return [...types].map((type) => [type, rates]);
  return Object.entries(rates ?? {});
}

function ofCounter(name: string, of: string, counter: Counter, amount: (handed: HandedOut) => number): Spending {
  return {
    name,
    of,
    rate: counter.rate,
    take: (key, handed) => {
      const units = amount(handed);
      return units === 0 ? undefined : answered(name, counter.take(key, units));
    },
    spend: (key, handed) => {
      const units = amount(handed);
      const answer = units === 0 ? undefined : counter.spend(key, units);
      return answer && exhausted(name, answer.retryAfterSeconds);
    },
    giveBack: (key, handed) => {
      const units = amount(handed);
      if (units > 0) counter.adjust(key, -units);
    },
    wait: (key) => counter.wait(key),
    left: (key) => counter.left(key),
  };
}

function ofDistinct(of: string, distinct: Distinct, things: (handed: HandedOut) => readonly string[]): Spending {
  return {
    name: 'objects',
    of,
    rate: distinct.rate,
    take: (key, handed) => {
      const ids = things(handed);
      return ids.length === 0 ? undefined : answered('objects', distinct.take(key, ids));
    },
    spend: (key, handed) => {
      const ids = things(handed);
      const answer = ids.length === 0 ? undefined : distinct.spend(key, ids);
      return answer && exhausted('objects', answer.retryAfterSeconds);
    },
    // What was counted as had stays so: asked for again it costs nothing.
    giveBack: () => {},
    // What a caller had before it may have again.
    wait: () => 0,
    left: (key) => distinct.left(key),
  };
}

function answered(
  name: string,
  answer: LimitAnswer | undefined | Promise<LimitAnswer | undefined>,
): Refusal | undefined | Promise<Refusal | undefined> {
  if (!(answer instanceof Promise)) return answer && exhausted(name, answer.retryAfterSeconds);
  return answer.then((settled) => settled && exhausted(name, settled.retryAfterSeconds));
}

/** Says that a budget is used up. */
export function exhausted(name: string, seconds: number): Refusal {
  return {
    type: 'budget-exhausted',
    reason: `${name}-budget`,
    detail: `Try again in ${seconds} s, or ask for less.`,
    headers: { 'retry-after': String(seconds) },
  };
}

/**
 * Refuses budgets of resource types that the contract does not have: they would never count.
 * @throws CastellanError `unknown-resource`
 */
export function checkBudgets(contract: Contract): void {
  for (const { budget } of [contract.castellan, ...contract.operations.map(({ castellan }) => castellan)]) {
    if (budget?.objects === undefined || isRate(budget.objects)) continue;
    const types = [...contract.resources.keys()];
    for (const type of Object.keys(budget.objects)) {
      if (types.includes(type)) continue;
      const near = nearest(type, types);
      throw new CastellanError({
        code: 'unknown-resource',
        message: `x-castellan.budget.objects names the resource type ${type}, which no schema has`,
        mend:
          near !== undefined
            ? `did you mean ${near}?`
            : types.length === 0
              ? 'add x-castellan: { resource: … } to its schema'
              : `write one of ${types.slice(0, 8).join(', ')}`,
      });
    }
  }
}
