import type { Contract } from '@castellan/contract';
import type { Documented } from './documented.ts';
import type { Identity } from './identity.ts';
import type { Known } from './known.ts';
import type { Target } from './target.ts';

/** What is attacked, by whom, and what is known of it. */
export interface Scene {
  readonly contract: Contract;
  readonly target: Target;
  readonly identities: readonly Identity[];
  readonly known: Known;
  readonly documented: Documented;
  /** Whether methods that change something may be sent, and whether those that delete. */
  readonly changes: boolean;
  readonly deletes: boolean;
  /** Types whose objects everybody may read. */
  readonly shared: ReadonlySet<string>;
  /** Calls that are made in a row to meet a rate limit; 0: none. */
  readonly burst: number;
}
