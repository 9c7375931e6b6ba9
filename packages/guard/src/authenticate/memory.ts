import { hash, randomBytes } from 'node:crypto';

/**
 * Remembers what was verified, under a keyed hash of the credential: a copy of this memory is no credential.
 * Only verified credentials enter, so that random ones evict nothing; it is bounded, in two generations that change
 * places when one is full.
 */
export class Memory<T extends { readonly expiresAt: number }> {
  readonly #key = randomBytes(32).toString('binary');
  readonly #capacity: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** @param capacity entries of one generation; 0 remembers nothing */
  constructor(capacity = 50_000) {
    this.#capacity = capacity;
  }

  /** The name under which a credential is remembered. */
  digest(credential: string): string {
    return hash('sha256', this.#key + credential, 'binary');
  }

  /** @param now milliseconds since the epoch */
  get(digest: string, now: number): T | undefined {
    let entry = this.#young.get(digest);
    if (entry === undefined) {
      entry = this.#old.get(digest);
      if (entry === undefined) return undefined;
      this.#keep(digest, entry);
    }
    if (entry.expiresAt > now) return entry;
    this.#young.delete(digest);
    this.#old.delete(digest);
    return undefined;
  }

  set(digest: string, entry: T): void {
    this.#keep(digest, entry);
  }

  /** Forgets everything: a key left the key set, a credential was revoked. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #keep(digest: string, entry: T): void {
    if (this.#capacity === 0) return;
    this.#young.set(digest, entry);
    if (this.#young.size < this.#capacity) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
