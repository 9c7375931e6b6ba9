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
  /** The last good credential of each open connection, as it came. */
  readonly #last = new WeakMap<object, { readonly credential: string; readonly digest: string }>();

  /** @param capacity entries of one generation; 0 remembers nothing */
  constructor(capacity = 50_000) {
    this.#capacity = capacity;
  }

  /** The name under which a credential is remembered. */
  digest(credential: string): string {
    return hash('sha256', this.#key + credential, 'binary');
  }

  /**
   * What is remembered of a credential.
   * @param connection that it came on: the one that a client sends with each of its requests is hashed once
   * @param now milliseconds since the epoch
   */
  recall(credential: string, connection: object | undefined, now: number): T | undefined {
    const last = connection === undefined ? undefined : this.#last.get(connection);
    if (last !== undefined && same(last.credential, credential)) return this.get(last.digest, now);
    const digest = this.digest(credential);
    const entry = this.get(digest, now);
    if (entry !== undefined && connection !== undefined) this.#last.set(connection, { credential, digest });
    return entry;
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

/** Compares in a time that does not tell where the first difference is: a connection may be shared by several clients. */
function same(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}
