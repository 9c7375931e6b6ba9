import type { GuardCore } from './core.ts';
import type { Exchange } from './exchange.ts';
import type { CompiledStage } from './plan.ts';
import type { Refusal } from './problem.ts';
import type { StageName } from './stage.ts';
import { frame } from './stages/frame.ts';
import { route } from './stages/route.ts';
import { throttleAddress } from './stages/throttle.ts';
import { currentTurn } from './turn.ts';

/**
 * Takes a request from its first byte to the handler's door.
 * @param current the core that is in force when it is asked
 * @returns true where it may pass, false where `exchange.verdict` says why not or `exchange.answer` is the answer; a promise only where something waits
 */
export function admit(current: () => GuardCore, exchange: Exchange): boolean | Promise<boolean> {
  const core = current();
  try {
    setModes(exchange, core);
    // A message that cannot be framed can't be passed on by anybody, whatever the mode; one that is only too long can.
    const framed = frame(core, exchange);
    exchange.timer?.end('frame');
    if (framed !== undefined && (exchange.fields === undefined || !rule(exchange, 'frame', framed)))
      return refuse(exchange, 'frame', framed);
    const routed = route(core, exchange);
    exchange.timer?.end('route');
    setModes(exchange, core);
    const throttled = exchange.mode === 'off' ? undefined : throttleAddress(core, exchange);
    const way = { current, core, exchange };
    if (throttled instanceof Promise)
      return throttled.then(
        (refusal) => (refusal !== undefined && !rule(exchange, 'throttle', refusal) ? false : goOn(way, routed)),
        (error: unknown) => refuse(exchange, 'throttle', broken(exchange, error)),
      );
    if (throttled !== undefined && !rule(exchange, 'throttle', throttled)) return false;
    return goOn(way, routed);
  } catch (error) {
    return refuse(exchange, 'frame', broken(exchange, error));
  }
}

/** One request on its way, with the core that decides about it. */
interface Way {
  readonly current: () => GuardCore;
  readonly core: GuardCore;
  readonly exchange: Exchange;
}

function goOn(way: Way, routed: Refusal | undefined): boolean | Promise<boolean> {
  if (way.exchange.mode !== 'off') way.exchange.timer?.end('throttle');
  if (way.exchange.outside !== undefined) leaveAlone(way.exchange);
  return enter(way, routed);
}

/** Past routing: the stages of the operation. */
function enter(way: Way, routed: Refusal | undefined): boolean | Promise<boolean> {
  const { exchange } = way;
  if (routed !== undefined && !rule(exchange, 'route', routed)) return false;
  const { plan } = exchange;
  if (exchange.answer !== undefined) return false;
  if (plan === undefined) return true;
  return run(way, plan.stages, 0);
}

function run(way: Way, stages: readonly CompiledStage[], from: number): boolean | Promise<boolean> {
  const { exchange } = way;
  for (let i = from; i < stages.length; i++) {
    const stage = stages[i];
    if (stage === undefined) break;
    // What was counted once is counted.
    if (exchange.again && stage.name === 'throttle' && !stage.late) continue;
    let outcome;
    try {
      outcome = stage.run(exchange);
    } catch (error) {
      outcome = broken(exchange, error);
    }
    if (outcome instanceof Promise) return resume(way, stages, i, stage, outcome);
    exchange.timer?.end(stage.name);
    if (outcome === undefined) continue;
    if (!rule(exchange, stage.name, outcome)) return false;
  }
  return true;
}

function resume(
  way: Way,
  stages: readonly CompiledStage[],
  index: number,
  stage: CompiledStage,
  waiting: Promise<Refusal | undefined>,
): Promise<boolean> {
  const { exchange } = way;
  const turn = stage.name === 'receive' ? currentTurn() : undefined;
  const settle = (outcome: Refusal | undefined): boolean | Promise<boolean> => {
    exchange.timer?.end(stage.name);
    if (outcome !== undefined && !rule(exchange, stage.name, outcome)) return false;
    if (turn !== undefined && turn !== currentTurn() && outcome === undefined) return askAgain(way);
    return run(way, stages, index + 1);
  };
  return waiting.then(settle, (error: unknown) => settle(broken(exchange, error)));
}

/**
 * A body that was waited for: sessions, tokens and keys may have ended since, contract and policies may be others. Who
 * calls is asked a second time before anything is decided, and by what is in force now (ASVS 5.0 V7.4.1).
 */
function askAgain(way: Way): boolean | Promise<boolean> {
  const { current, exchange } = way;
  exchange.again = true;
  // They are found again where they are still true.
  exchange.observed = exchange.observed?.filter(({ stage }) => stage === 'frame' || stage === 'throttle');
  const core = current();
  if (core === way.core) return run(way, exchange.plan?.stages ?? [], 0);
  try {
    exchange.match = undefined;
    exchange.plan = undefined;
    exchange.headOfGet = false;
    setModes(exchange, core);
    const routed = route(core, exchange);
    setModes(exchange, core);
    return enter({ current, core, exchange }, routed);
  } catch (error) {
    return refuse(exchange, 'route', broken(exchange, error));
  }
}

/** What is no part of the API goes to the application and back as it is. */
function leaveAlone(exchange: Exchange): void {
  if (exchange.mode === 'enforce') exchange.mode = 'off';
  if (exchange.responseMode === 'enforce') exchange.responseMode = 'off';
}

/** The modes of the operation, or of the API where none is known. */
function setModes(exchange: Exchange, { modes }: GuardCore): void {
  const { plan } = exchange;
  exchange.mode = plan === undefined ? modes.requests : plan.mode;
  exchange.responseMode = plan === undefined ? modes.responses : plan.responseMode;
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
