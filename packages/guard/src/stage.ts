import type { Operation } from '@castellan/contract';
import type { GuardCore } from './core.ts';
import type { EnforceableControl } from './enforcement/names.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './problem.ts';

export type StageName =
  | 'frame'
  | 'route'
  | 'throttle'
  | 'authenticate'
  | 'receive'
  | 'validate'
  | 'authorize'
  | 'handler'
  | 'release'
  | 'record';

/** What a stage says of one request: nothing (it passes), or why not. Only what really waits is a promise. */
type StageOutcome = Refusal | undefined | Promise<Refusal | undefined>;

export type StageFunction = (exchange: Exchange) => StageOutcome;

/**
 * One stage of a request's journey after routing. What the contract decides is decided in `compile`, once per
 * operation; `undefined` means that this operation has nothing to do here and its requests pay nothing.
 */
export interface Stage {
  readonly name: StageName;
  /** Of limits: it counts what is known only once parameters and body are decoded, so it ran in no earlier pass. */
  readonly late?: boolean | undefined;
  readonly compile: (core: GuardCore, operation: Operation) => StageFunction | undefined;
  /** What it enforces of an operation that it was compiled for. */
  readonly controls?: ControlsOf | undefined;
}

/** The controls that a compiled stage enforces. */
export type ControlsOf = (core: GuardCore, operation: Operation) => readonly EnforceableControl[];
