import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { compileKey } from '../limits/key.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import { take } from '../stages/throttle.ts';

/** A step and who asks for it: calls about the same object have the same name. */
type StepName = (exchange: Exchange) => string;

type Flow = NonNullable<Operation['castellan']['flow']>;
type Outcome = Refusal | undefined;

/**
 * Order, time and pace of a sensitive business flow (`x-castellan.flow`; API6:2023): the operations named by `after` must have
 * been answered well, for the same caller and the same path parameters; in their order where that is asked, not sooner than people
 * can, and where a step is one for once, not twice.
 */
export const flow: Stage = {
  name: 'authorize',
  controls: (_core, { castellan }) => (castellan.flow === undefined ? [] : ['flow-control']),
  compile(core, operation) {
    const own = operation.castellan.flow;
    const counted = followers(core, operation);
    if (own === undefined && counted.length === 0) return undefined;
    const { steps } = core.limiters;
    const counts = (exchange: Exchange): undefined => {
      if (counted.length === 0) return;
      atEnd(exchange, (good) => {
        if (good) for (const name of counted) steps.add(name(exchange));
      });
    };
    if (own === undefined) return counts;
    const keyOf = compileKey(own.per, core.limiters.hash);
    const pace = own.pace && core.limiters.get(`flow ${own.name} ${operation.operationId}`, own.pace);
    const before = own.after.flatMap((id) => {
      const step = core.contract.operations.find((one) => one.operationId === id);
      return step === undefined ? [] : [{ id, name: stepName(core, own, step, operation) }];
    });
    const here = stepName(core, own, operation, operation);
    const paced = (exchange: Exchange, last: number): Outcome | Promise<Outcome> =>
      known(pace && take(pace, 'flow', keyOf(exchange), 1), (refusal) => refusal ?? onlyOnce(exchange, last));
    const onlyOnce = (exchange: Exchange, last: number): Outcome | Promise<Outcome> => {
      if (own.once === undefined) return counts(exchange);
      // Who goes through the steps before it again begins anew.
      const mark = `once ${here(exchange)} ${last}`;
      return known(steps.take(mark, own.once * 1000), (free) => {
        if (free === 'unknown') return unknown('whether it was called before');
        if (!free) return refusal('flow-once', 'This was done already.', 'the step is one for once');
        atEnd(exchange, (good) => {
          // What failed was not done.
          if (!good) steps.drop(mark);
        });
        return counts(exchange);
      });
    };
    const inOrder = (exchange: Exchange, from: number, last: number): Outcome | Promise<Outcome> => {
      const step = before[from];
      if (step === undefined) {
        const wait = own.minimum === undefined || last === 0 ? 0 : last + own.minimum * 1000 - core.limiters.now();
        return wait > 0 ? tooFast(Math.ceil(wait / 1000)) : paced(exchange, last);
      }
      const { id } = step;
      return known(steps.taken(step.name(exchange)), (taken) => {
        if (taken === 'unknown') return unknown(`whether ${id} was called`);
        if (taken === undefined || core.limiters.now() - taken >= own.within * 1000)
          return refusal('flow-order', `Call ${id} first.`, `${id} was not called`);
        if (own.ordered && taken < last)
          return refusal('flow-order', `Call ${id} after what comes before it.`, `${id} was called too early`);
        return inOrder(exchange, from + 1, Math.max(last, taken));
      });
    };
    return (exchange) => inOrder(exchange, 0, 0);
  },
};

/** Goes on at once where nothing has to be waited for. */
function known<T, R>(value: T | Promise<T>, then: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}

function refusal(reason: 'flow-order' | 'flow-once', detail: string, log: string): Refusal {
  return { type: 'forbidden', reason, detail, log };
}

function tooFast(seconds: number): Refusal {
  return {
    type: 'rate-limited',
    reason: 'flow-too-fast',
    detail: `Try again in ${seconds} s.`,
    log: 'no person is so fast',
    headers: { 'retry-after': String(seconds) },
  };
}

/** Where nobody can say whether a step was taken, it counts as not taken, and the caller may come back. */
function unknown(what: string): Refusal {
  return {
    type: 'unavailable',
    reason: 'flow-unknown',
    detail: 'Try again in 1 s.',
    log: `${what} is not known: the shared state is away`,
    headers: { 'retry-after': '1' },
  };
}

/** Runs when the exchange ended: whether it was answered well. */
function atEnd(exchange: Exchange, run: (good: boolean) => void): void {
  const previous = exchange.finish;
  exchange.finish = () => {
    previous?.();
    run(exchange.verdict === undefined && exchange.status >= 200 && exchange.status <= 299);
  };
}

/** The steps of other operations that a good answer of this one opens. */
function followers(core: GuardCore, operation: Operation): StepName[] {
  return core.contract.operations.flatMap((next) => {
    const after = next.castellan.flow;
    return after?.after.includes(operation.operationId) === true ? [stepName(core, after, operation, next)] : [];
  });
}

function stepName(core: GuardCore, { name, per }: Flow, step: Operation, next: Operation): StepName {
  const head = `${name} ${step.operationId}`;
  const keyOf = compileKey(per, core.limiters.hash);
  const shared = variablesOf(step).filter((variable) => variablesOf(next).includes(variable));
  return (exchange) =>
    `${head} ${keyOf(exchange)} ${shared.map((variable) => encodeURIComponent(String(exchange.parameters.path[variable]))).join(' ')}`;
}

function variablesOf(operation: Operation): string[] {
  return operation.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
}
