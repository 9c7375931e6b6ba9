import type { Refusal } from '../problem.ts';
import type { ActionFacts } from './authority.ts';

/** An object that was decided on in this request: what was known of it then. */
export interface KnownObject {
  readonly type: string;
  readonly id: string;
  /** As loaded; undefined where there is none, or nobody could say. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  /** It is not there yet: `value` is what the request makes of it. */
  readonly isNew?: boolean | undefined;
  /** Why it could not be had: the caller may not read it. */
  readonly refusal?: Refusal | undefined;
  /** The actions that a handler had decided on it. */
  readonly by?: ReadonlySet<ActionFacts> | undefined;
}
