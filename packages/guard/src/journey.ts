import type { GuardCore } from './core.ts';
import type { Exchange } from './exchange.ts';
import type { CompiledStage } from './plan.ts';
import type { Refusal } from './problem.ts';
import type { StageName } from './stage.ts';
import { frame } from './stages/frame.ts';
import { route } from './stages/route.ts';
import { throttleAddress } from './stages/throttle.ts';

/**
 * Takes a request from its first byte to the handler's door.
 * @returns true where it may pass, false where `exchange.verdict` says why not or `exchange.answer` is the answer; a promise only where something waits
 */
export function admit(core: GuardCore, exchange: Exchange): boolean | Promise<boolean> {
  try {
    exchange.mode = core.contract.castellan.mode ?? core.settings.mode;
    // A message that cannot be framed can't be passed on by anybody, whatever the mode; one that is only too long can.
    const framed = frame(core, exchange);
    if (framed !== undefined && (exchange.fields === undefined || !rule(exchange, 'frame', framed)))
      return refuse(exchange, 'frame', framed);
    const routed = route(core, exchange);
    if (exchange.plan !== undefined) exchange.mode = exchange.plan.mode;
    const throttled = exchange.mode === 'off' ? undefined : throttleAddress(core, exchange);
    if (throttled !== undefined && !rule(exchange, 'throttle', throttled)) return false;
    if (routed !== undefined && !rule(exchange, 'route', routed)) return false;
    const { plan } = exchange;
    if (exchange.answer !== undefined) return false;
    if (plan === undefined) return true;
    return run(exchange, plan.stages, 0);
  } catch (error) {
    return refuse(exchange, 'frame', broken(exchange, error));
  }
}

function run(exchange: Exchange, stages: readonly CompiledStage[], from: number): boolean | Promise<boolean> {
  for (let i = from; i < stages.length; i++) {
    const stage = stages[i];
    if (stage === undefined) break;
    let outcome;
    try {
      outcome = stage.run(exchange);
    } catch (error) {
      outcome = broken(exchange, error);
    }
    if (outcome === undefined) continue;
    if (outcome instanceof Promise) return resume(exchange, stages, i, stage, outcome);
    if (!rule(exchange, stage.name, outcome)) return false;
  }
  return true;
}

function resume(
  exchange: Exchange,
  stages: readonly CompiledStage[],
  index: number,
  stage: CompiledStage,
  waiting: Promise<Refusal | undefined>,
): Promise<boolean> {
  const settle = (outcome: Refusal | undefined): boolean | Promise<boolean> => {
    if (outcome !== undefined && !rule(exchange, stage.name, outcome)) return false;
    return run(exchange, stages, index + 1);
  };
  return waiting.then(settle, (error: unknown) => settle(broken(exchange, error)));
}

/** Applies the mode to a refusal. @returns true where the request goes on all the same */
function rule(exchange: Exchange, stage: StageName, refusal: Refusal): boolean {
  if (exchange.mode === 'enforce') return refuse(exchange, stage, refusal);
  (exchange.observed ??= []).push({ stage, refusal });
  return true;
}

function refuse(exchange: Exchange, stage: StageName, refusal: Refusal): false {
  exchange.verdict = { stage, refusal };
  return false;
}

/** A stage that threw did not decide; a decision that could not be made is a refusal. */
function broken(exchange: Exchange, error: unknown): Refusal {
  exchange.failure = error;
  return { type: 'internal-error', reason: 'stage-failed' };
}
