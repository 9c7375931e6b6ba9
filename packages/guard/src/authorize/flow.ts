import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { MarkAnswer } from '../state/counter.ts';
import { callerKey } from '../limits/key.ts';
import { take } from '../stages/throttle.ts';

/** A step and who asks for it: calls about the same object have the same name. */
type StepName = (exchange: Exchange) => string;

/**
 * Order and pace of a sensitive business flow (`x-castellan.flow`; API6:2023): the operations named by `after` must have
 * been answered well within the last hour, for the same caller and the same path parameters.
 */
export const flow: Stage = {
  name: 'authorize',
  compile(core, operation) {
    const own = operation.castellan.flow;
    const counted = followers(core, operation);
    if (own === undefined && counted.length === 0) return undefined;
    const { steps } = core.limiters;
    const pace =
      own?.pace === undefined ? undefined : core.limiters.get(`flow ${own.name} ${operation.operationId}`, own.pace);
    const before = (own?.after ?? []).flatMap((id) => {
      const step = core.contract.operations.find((one) => one.operationId === id);
      return step === undefined ? [] : [{ id, name: stepName(own?.name ?? '', step, operation) }];
    });
    const paced = (exchange: Exchange): Outcome | Promise<Outcome> => {
      const refusal = pace && take(pace, 'flow', callerKey(exchange), 1);
      if (refusal instanceof Promise) return refusal.then((settled) => settled ?? counts(exchange));
      return refusal ?? counts(exchange);
    };
    const counts = (exchange: Exchange): undefined => {
      if (counted.length === 0) return;
      const previous = exchange.finish;
      exchange.finish = () => {
        previous?.();
        if (exchange.status < 200 || exchange.status > 299) return;
        for (const name of counted) steps.add(name(exchange));
      };
    };
    const inOrder = (exchange: Exchange, from: number): Outcome | Promise<Outcome> => {
      for (let i = from; i < before.length; i++) {
        const step = before[i];
        if (step === undefined) break;
        const taken = steps.has(step.name(exchange));
        if (taken instanceof Promise)
          return taken.then((settled) => missing(step.id, settled) ?? inOrder(exchange, i + 1));
        const refusal = missing(step.id, taken);
        if (refusal !== undefined) return refusal;
      }
      return paced(exchange);
    };
    return (exchange) => inOrder(exchange, 0);
  },
};

type Outcome = Refusal | undefined;

/** Where nobody can say whether a step was taken, it counts as not taken, and the caller may come back. */
function missing(id: string, taken: MarkAnswer): Outcome {
  if (taken === true) return undefined;
  if (taken === 'unknown')
    return {
      type: 'unavailable',
      reason: 'flow-unknown',
      detail: 'Try again in 1 s.',
      log: `whether ${id} was called is not known: the shared state is away`,
      headers: { 'retry-after': '1' },
    };
  return { type: 'forbidden', reason: 'flow-order', detail: `Call ${id} first.`, log: `${id} was not called` };
}

/** The steps of other operations that a good answer of this one opens. */
function followers(core: GuardCore, operation: Operation): StepName[] {
  return core.contract.operations.flatMap((next) => {
    const after = next.castellan.flow;
    return after?.after.includes(operation.operationId) === true ? [stepName(after.name, operation, next)] : [];
  });
}

function stepName(name: string, step: Operation, next: Operation): StepName {
  const head = `${name} ${step.operationId}`;
  const shared = variablesOf(step).filter((variable) => variablesOf(next).includes(variable));
  return (exchange) =>
    `${head} ${callerKey(exchange)} ${shared.map((variable) => encodeURIComponent(String(exchange.parameters.path[variable]))).join(' ')}`;
}

function variablesOf(operation: Operation): string[] {
  return operation.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
}
