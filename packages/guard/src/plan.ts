import type { Mode, Operation } from '@castellan/contract';
import type { GuardCore } from './core.ts';
import { compileScribe, type Scribe } from './facts/scribe.ts';
import { compileLifecycle, type LifecyclePlan } from './lifecycle.ts';
import { modesIn } from './modes.ts';
import { compileRelease } from './stages/release.ts';
import { releaseHeads } from './stages/release-head.ts';
import { compileRuling, type Ruling } from './stages/ruling.ts';
import { requestStages } from './stages/index.ts';
import type { ControlsOf, StageFunction, StageName } from './stage.ts';

/** One operation, compiled: what its requests and responses go through, and nothing else. */
export interface Plan {
  readonly operation: Operation;
  /** Of requests. */
  readonly mode: Mode;
  readonly responseMode: Mode;
  readonly stages: readonly CompiledStage[];
  readonly release: Ruling;
  readonly scribe: Scribe;
  /** As it is now. */
  readonly lifecycle: LifecyclePlan;
}

export interface CompiledStage {
  readonly name: StageName;
  /** It runs where parameters and body are decoded. */
  readonly late: boolean;
  readonly run: StageFunction;
  readonly controls: ControlsOf | undefined;
}

/** Compiles the plan of one operation. */
export function compilePlan(core: GuardCore, operation: Operation): Plan {
  const { requests: mode, responses: responseMode } = modesIn(core.contract, operation, core.settings);
  const stages: CompiledStage[] = [];
  const lifecycle = compileLifecycle(core.contract, operation, core.announced);
  if (mode !== 'off') {
    for (const stage of requestStages) {
      const run = stage.compile(core, operation);
      if (run !== undefined)
        stages.push({ name: stage.name, late: stage.late === true, run, controls: stage.controls });
    }
  }
  return {
    operation,
    mode,
    responseMode,
    stages,
    release: compileRuling(
      core,
      releaseHeads(core, operation, compileRelease(core, operation)),
      responseMode === 'observe',
    ),
    scribe: compileScribe(core, operation),
    get lifecycle() {
      return lifecycle();
    },
  };
}
