import { hash } from 'node:crypto';
import type { ReplayMemory, ReplayOutcome } from './token-configuration.ts';

/**
 * Remembers in this process what was used once. Two generations: one is thrown away only when everything in it has
 * run out, and when both are full nothing more is admitted, because forgetting a proof would let it be used again.
 * @param capacity entries of one generation
 */
export class LocalReplayMemory implements ReplayMemory {
  readonly #capacity: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #youngUntil = 0;
  #oldUntil = 0;

  constructor(capacity = 250_000) {
    this.#capacity = capacity;
  }

  use(key: string, until: number, now: number): ReplayOutcome {
    return this.#use(hash('sha256', key, 'base64'), until, now);
  }

  /** What must be remembered still: hashes, with the time until when. */
  *entries(now: number): Generator<readonly [name: string, until: number]> {
    for (const names of [this.#old, this.#young])
      for (const [name, until] of names) if (until > now) yield [name, until];
  }

  /** Puts back what {@link LocalReplayMemory.entries} gave. */
  restore(name: string, until: number, now: number): void {
    this.#use(name, until, now);
  }

  #use(name: string, until: number, now: number): ReplayOutcome {
    const known = this.#young.get(name) ?? this.#old.get(name);
    if (known !== undefined && known > now) return 'used';
    if (this.#young.size >= this.#capacity) {
      if (this.#oldUntil > now && this.#old.size > 0) return 'full';
      this.#old = this.#young;
      this.#oldUntil = this.#youngUntil;
      this.#young = new Map();
      this.#youngUntil = 0;
    }
    this.#young.set(name, until);
    this.#youngUntil = Math.max(this.#youngUntil, until);
    return 'fresh';
  }
}
