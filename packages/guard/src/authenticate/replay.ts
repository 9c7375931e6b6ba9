import { Ends, type Place } from '../state/memory/ends.ts';
import type { ReplayMemory, ReplayOutcome } from './token-configuration.ts';

/**
 * Remembers in this process what was used once, as a keyed hash. Nothing is forgotten before its time: where there is no
 * place for more, nothing more is admitted, because forgetting a proof would let it be used again.
 */
export class LocalReplayMemory implements ReplayMemory {
  readonly #ends: Ends;
  readonly #place: Place;

  /**
   * @param capacity most proofs, a power of two from 512 up. Default about a million
   * @param ends where several memories are kept together
   * @param name what distinguishes this one from the others
   */
  constructor(capacity = 2 ** 20, ends: Ends = new Ends({ slots: capacity }), name = 'used') {
    this.#ends = ends;
    this.#place = ends.place(name, 0);
  }

  use(key: string, until: number, now: number): ReplayOutcome {
    if (this.#ends.exact(this.#place, key) > now) return 'used';
    return this.#ends.add(this.#place, key, until, now) ? 'fresh' : 'full';
  }
}
