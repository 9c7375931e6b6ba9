import type { ControlId } from '@castellan/assess/controls';
import type { Operation } from '@castellan/contract';
import type { Call } from './call.ts';
import type { Scene } from './scene.ts';

/**
 * What one try showed. `held`: the control stopped it, and the same by somebody who may is not stopped. `broken`: it went through.
 * `unclear`: neither can be said.
 */
export type Verdict = 'held' | 'broken' | 'unclear';

/** One try, and what came of it. */
export interface Try {
  readonly control: ControlId;
  /** The name of the attack. */
  readonly attack: string;
  /** Undefined for the API as a whole. */
  readonly operation: Operation | undefined;
  readonly verdict: Verdict;
  /** What was seen, in one clause. Never a value of an answer. */
  readonly detail: string;
  /** What was sent, where something went through. */
  readonly call?: Pick<Call, 'as' | 'outgoing'> | undefined;
}

/** An attack: one file, and its line in the list. */
export interface Attack {
  readonly name: string;
  readonly control: ControlId;
  /** What it does, in one clause. */
  readonly title: string;
  /** What to do where it goes through, in one imperative sentence without a full stop. */
  readonly fix: string;
  run(scene: Scene): AsyncIterable<Try>;
}
