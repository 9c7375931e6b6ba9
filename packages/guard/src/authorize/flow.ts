import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage } from '../stage.ts';
import { callerKey, take } from '../stages/throttle.ts';

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
    const { steps, now } = core.limiters;
    const pace =
      own?.pace === undefined ? undefined : core.limiters.get(`flow ${own.name} ${operation.operationId}`, own.pace);
    const before = (own?.after ?? []).flatMap((id) => {
      const step = core.contract.operations.find((one) => one.operationId === id);
      return step === undefined ? [] : [{ id, name: stepName(own?.name ?? '', step, operation) }];
    });
    return (exchange) => {
      for (const { id, name } of before) {
        if (steps.has(name(exchange), now())) continue;
        return { type: 'forbidden', reason: 'flow-order', detail: `Call ${id} first.`, log: `${id} was not called` };
      }
      const refusal = pace && take(pace, 'flow', callerKey(exchange), now(), 1);
      if (refusal !== undefined || counted.length === 0) return refusal;
      const previous = exchange.finish;
      exchange.finish = () => {
        previous?.();
        if (exchange.status < 200 || exchange.status > 299) return;
        for (const name of counted) steps.add(name(exchange), now());
      };
      return undefined;
    };
  },
};

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
